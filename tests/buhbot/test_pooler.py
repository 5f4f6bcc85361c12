"""Who acts holds through a pooler that gives each transaction another connection (SEC-02, DB-01)."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.test import Client

from buhbot.models import Role, User
from simulator.servers import free_port
from tests.environment import DATABASE, database_url

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed"),
]

CONFIGURATION = """
[databases]
{database} = host=127.0.0.1 port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 1
"""


@pytest.fixture(scope="module")
def pooler(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[int]:
    """PgBouncer in transaction mode with one server connection a login: every leak would be seen."""
    folder, port = tmp_path_factory.mktemp("pooler"), free_port()
    (folder / "users").write_text('"buhbot_web" ""\n"buhbot_service" ""\n')
    server_port = psycopg.conninfo.conninfo_to_dict(database_url(DATABASE))["port"]
    values = {"database": DATABASE, "server_port": server_port, "port": port, "folder": folder}
    (folder / "pgbouncer.ini").write_text(CONFIGURATION.format(**values))
    for place in (folder, *folder.parents[:2]):
        place.chmod(0o755)
    as_somebody = ["--user", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen(
        [str(PGBOUNCER), "--quiet", *as_somebody, str(folder / "pgbouncer.ini")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            psycopg.connect(f"postgres://buhbot_web@127.0.0.1:{port}/{DATABASE}").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("pgbouncer does not answer")


@pytest.fixture
def through_pooler(pooler: int, committed: None) -> Iterator[None]:
    """From now on this process reaches Postgres through the pooler, as the web login."""
    kept = {name: connection.settings_dict[name] for name in ("USER", "PORT")}
    yield
    connection.close()
    connection.settings_dict.update(kept)


def _switch(port: int) -> None:
    connection.close()
    connection.settings_dict.update({"USER": "buhbot_web", "PORT": port})


def test_sec_02_requests_of_several_people_share_a_connection(
    pooler: int, through_pooler: None, settings: object
) -> None:
    people = [
        User.objects.create_user(f"{role}@firm.test", None, full_name=role, role=role) for role in Role.values
    ]
    clients = [Client() for _ in people]
    for client, person in zip(clients, people, strict=True):
        client.force_login(person)
    settings.ROOT_URLCONF = "tests.buhbot.pages"  # type: ignore[attr-defined]
    _switch(pooler)
    for _ in range(3):
        acting = [client.get("/who").json() for client in clients]
        assert acting == [{"role": f"buhbot_{p.role}", "person": str(p.pk)} for p in people]


def test_sec_02_nothing_leaks_to_the_next_transaction(pooler: int) -> None:
    address = f"postgres://buhbot_web@127.0.0.1:{pooler}/{DATABASE}"
    with psycopg.connect(address, prepare_threshold=None) as one:
        one.execute("SELECT set_config('role', 'buhbot_manager', true), set_config('app.user_id', '7', true)")
        assert one.execute("SELECT current_user").fetchone() == ("buhbot_manager",)
    with psycopg.connect(address, prepare_threshold=None) as other:
        row = other.execute("SELECT current_user, current_setting('app.user_id', true)").fetchone()
    assert row == ("buhbot_web", "")


def test_sec_02_the_search_path_comes_with_the_login(pooler: int) -> None:
    with psycopg.connect(f"postgres://buhbot_web@127.0.0.1:{pooler}/{DATABASE}") as web:
        assert web.execute("SELECT count(*) >= 0 FROM metrics()").fetchone() == (True,)


def test_mon_05_health_is_asked_through_the_pooler(pooler: int, through_pooler: None) -> None:
    _switch(pooler)
    client = Client()
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["database"]) == (200, True)
