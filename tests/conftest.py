"""The database of the tests: made by our own `migrate`, used as the role that the bot has."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from xdist.scheduler import LoadFileScheduling

from bot.flood import patience
from tests.environment import DATABASE, FOLDER, SUPERUSER_URL, database_url
from tests.object_storage import ObjectStorage

PRODUCT = ("tests/browser/", "tests/faults/", "simulator/tests/test_demo.py")
# Written by migrations; a test that commits leaves these tables as they were.
SEEDS = {
    "django_migrations": "",
    "django_content_type": "",
    "auth_permission": "",
    "auth_group": "",
    "auth_group_permissions": "",
    "buhbot_tier": "id",
    "buhbot_calendar": "id",
    "buhbot_calendarversion": "id",
    "sla_policy": "id",
    "templates_app_quickbutton": "id",
}


class OneProductAtOnce(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Give each file to one process of tests, and all that start the whole product to the same one.

    Two products at once starve each other on two cores.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "the product" if file.startswith(PRODUCT) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneProductAtOnce | None:
    """Say how `make test` shares the tests out; any other way of sharing stays."""
    return OneProductAtOnce(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Make the test database with `manage.py migrate`, as an operator does."""
    with psycopg.connect(SUPERUSER_URL, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE}")
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[ObjectStorage]:
    """One for all rooms: two servers do not share a folder."""
    server = ObjectStorage(FOLDER / "s3")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def no_flood() -> None:
    """Let Redis forget whom it counted in the tests before (BOT-06)."""
    cache.clear()
    patience.forget()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the test commit, for what several connections must see; afterwards the tables are emptied."""
    with django_db_blocker.unblock(), emptied_afterwards():
        yield


@contextmanager
def emptied_afterwards() -> Iterator[None]:
    """Take away at the end what was committed within."""
    marks = _marks()
    try:
        yield
    finally:
        connections.close_all()
        _empty(marks)


def _marks() -> dict[str, int]:
    with psycopg.connect(database_url(DATABASE)) as owner:
        return {
            table: owner.execute(f"SELECT coalesce(max({key}), 0) FROM buhbot.{table}").fetchone()[0]  # type: ignore[index]
            for table, key in SEEDS.items()
            if key
        }


def _empty(marks: dict[str, int]) -> None:
    with psycopg.connect(database_url(DATABASE)) as owner:
        rows = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'buhbot'").fetchall()
        tables = ", ".join(f"buhbot.{name}" for (name,) in rows if name not in SEEDS)
        owner.execute(f"TRUNCATE {tables}")
        for table, last in reversed(marks.items()):
            owner.execute(f"DELETE FROM buhbot.{table} WHERE id > %s", [last])
