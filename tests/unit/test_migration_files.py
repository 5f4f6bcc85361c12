"""Migrations are linear and lock-safe, as far as their files tell (DB-03)."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex, CreateModel, Migration
from django.db.migrations.loader import MigrationLoader

from buhbot.retention import KEPT

APPS = ("buhbot", "sla", "templates_app", "feedback", "bot")
# Indexes of before the first release, when every table was still empty.
EMPTY_THEN = {
    "bot.0005_outgoingmessage_where",
    "sla.0012_alert_told",
    "sla.0013_asking_the_language_model",
    "feedback.0004_comments_and_reminders",
}


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    return MigrationLoader(None)


def own(loader: MigrationLoader) -> Iterator[Migration]:
    yield from (migration for (app, _name), migration in loader.disk_migrations.items() if app in APPS)


@pytest.mark.parametrize("app", APPS)
def test_db_03_the_migrations_of_an_app_are_one_line(loader: MigrationLoader, app: str) -> None:
    assert len(loader.graph.leaf_nodes(app)) <= 1
    parents = Counter(
        parent for (name, _), migration in loader.disk_migrations.items() if name == app
        for parent in migration.dependencies if parent[0] == app
    )  # fmt: skip
    assert [parent for parent, children in parents.items() if children > 1] == []


def test_db_03_an_index_of_a_growing_table_is_built_beside_the_work(loader: MigrationLoader) -> None:
    """A plain AddIndex stops every write for as long as it takes; the table of a model that is new is empty."""
    blocking = set()
    for migration in own(loader):
        created = {item.name.lower() for item in migration.operations if isinstance(item, CreateModel)}
        for item in migration.operations:
            if not isinstance(item, AddIndex) or isinstance(item, AddIndexConcurrently):
                continue
            if item.model_name.lower() in created:
                continue
            if f"{migration.app_label}_{item.model_name.lower()}" not in KEPT:
                blocking.add(f"{migration.app_label}.{migration.name}")
    assert blocking - EMPTY_THEN == set(), "use AddIndexConcurrently and atomic = False"


def test_db_03_a_concurrent_index_stands_outside_of_a_transaction(loader: MigrationLoader) -> None:
    for migration in own(loader):
        if any(isinstance(item, AddIndexConcurrently) for item in migration.operations):
            assert not migration.atomic, migration
