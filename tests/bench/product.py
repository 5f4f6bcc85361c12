"""The product as it is measured: real processes, a durable Postgres and a Redis of their own, the simulator."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from simulator.servers import Postgres, Redis
from simulator.stack import ROOT, Stack

TOKEN = "7000000001:a-token-for-measurements-only-00000"  # noqa: S105 (the simulator's)
PASSWORD = "long-enough-for-bench"  # noqa: S105
STAFF_ID, CHATS = 9003, range(100)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (this is its user interface)


@dataclass
class Servers:
    postgres: Postgres
    redis: Redis
    folder: Path


def start_servers(stack: ExitStack) -> Servers:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="buhbot-bench-")))
    folder.chmod(0o755)
    say("Starting Postgres and Redis ...")
    postgres = stack.enter_context(Postgres(folder / "postgres"))
    return Servers(postgres, stack.enter_context(Redis(folder / "redis")), folder)


def migrated(servers: Servers, name: str) -> Stack:
    """Make a database and migrate it."""
    with psycopg.connect(servers.postgres.url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    near = f"postgres://postgres@127.0.0.1:{servers.postgres.port}/{name}"
    stack = Stack(near, servers.redis.url, servers.folder / name, TOKEN, "bench-secret", "k" * 50)
    stack.manage("migrate", "--verbosity", "0")
    return stack


@contextmanager
def product(servers: Servers, name: str, *, through_port: int | None = None, **extra: str) -> Iterator[Stack]:
    """Run the product on a database of its own; `through_port`: reach Postgres through a slow way."""
    stack = migrated(servers, name)
    stack.extra = extra
    near = stack.database_url
    stack.manage("demo", str(ROOT / "simulator" / "firm.json"), "--password", PASSWORD)
    if through_port is not None:
        stack.database_url = near.replace(str(servers.postgres.port), str(through_port))
    with stack:
        stack.start("simulator")
        stack.wait_for(f"{stack.telegram_url}/sim/bot")
        with stack.simulator() as telegram:
            telegram.person("Анна", id=STAFF_ID, side="staff", started=True)
        stack.start_all()
        _monitor_chats(near)
        yield stack


def _monitor_chats(url: str) -> None:
    with psycopg.connect(url) as database:
        database.execute(
            "INSERT INTO buhbot.buhbot_chat (telegram_id, kind, title, username, client_name, life_cycle,"
            " is_monitored, is_team, tier_id, registered_at, unreachable_reason)"
            " SELECT -1009000000000 - n, 'supergroup', 'Клиент ' || n, '', '', 'active', true, false, 3, now(), ''"
            " FROM generate_series(0, %s) AS n",
            [len(CHATS) - 1],
        )
