"""The development servers start, come back with their data, and leave nothing behind."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from simulator import programs, servers
from simulator.programs import Prefer, ServerFailed
from simulator.servers import Postgres, Redis


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    with Postgres(tmp_path / "postgres", durable=False) as server:
        yield server


def test_postgres_keeps_its_data_over_a_stop(postgres: Postgres) -> None:
    _write_row(postgres)
    postgres.stop()
    assert postgres.pid is None
    postgres.start()
    assert _rows(postgres) == [("привет",)]


@pytest.mark.parametrize("prefer", ["wheel", "system"])
def test_durable_postgres_keeps_its_data_over_a_crash(tmp_path: Path, prefer: Prefer) -> None:
    with Postgres(tmp_path / "postgres", prefer=prefer) as postgres:
        _write_row(postgres)
        postgres.kill()
        postgres.start()
        assert _rows(postgres) == [("привет",)]


def test_postgres_knows_russian_capitals(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT 'ПРИВЕТ' ILIKE 'привет'").fetchone() == (True,)


def test_a_stale_pid_file_is_forgotten(postgres: Postgres) -> None:
    postgres.stop()
    (postgres.data_dir / "postmaster.pid").write_text(f"{os.getpid()}\n")
    postgres.start()
    assert postgres.pid


def test_two_servers_do_not_share_a_folder(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "FOLDER_SECONDS", 0)
    with pytest.raises(ServerFailed, match=r"runs already \(process \d+\)"):
        Postgres(postgres.data_dir).start()


@pytest.mark.parametrize("prefer", ["wheel", "system"])
def test_redis_keeps_an_append_only_file(tmp_path: Path, prefer: Prefer) -> None:
    with Redis(tmp_path / "redis", append_only=True, prefer=prefer) as server:
        with redis.Redis.from_url(server.url) as client:
            client.set("key", "value")
        server.kill()
        server.start()
        with redis.Redis.from_url(server.url) as client:
            assert client.get("key") == b"value"


def test_servers_die_with_a_killed_parent(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from simulator.servers import Postgres, Redis\n"
        "started = Postgres(Path(sys.argv[1], 'p'), durable=False), Redis(Path(sys.argv[1], 'r'))\n"
        "for server in started: server.start()\n"
        "print(*[server.pid for server in started], flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.communicate()
    assert len(pids) == 2
    assert all(_ends(pid) for pid in pids)


def test_a_failed_start_says_why(tmp_path: Path) -> None:
    with (
        Redis(tmp_path / "one") as first,
        pytest.raises(ServerFailed, match="Redis does not start: .*listening on port"),
    ):
        Redis(tmp_path / "two", port=first.port).start()


def test_a_missing_server_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "_package_dir", lambda name: tmp_path / name)
    with pytest.raises(ServerFailed, match="Redis is not on this machine: install it with `make setup`"):
        Redis(tmp_path / "redis")


def _write_row(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'привет' AS word")


def _rows(postgres: Postgres) -> list[tuple[object, ...]]:
    with psycopg.connect(postgres.url) as connection:
        return connection.execute("SELECT word FROM kept").fetchall()


def _ends(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
