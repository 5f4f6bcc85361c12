"""The product on trial: its processes, its servers, and how a test looks at them from outside."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
from psycopg.rows import tuple_row

from simulator.client import Simulator
from simulator.servers import Postgres, Redis
from simulator.stack import Stack
from tests.faults.firm import client_of

PROCESSES = ("web", "bot", "bot-2", "worker", "beat")
JOURNALS = "bot_inboundupdate, bot_outgoingmessage, buhbot_message"
LONG_AGO = 600
SETTLE_SECONDS = 90
UNFINISHED = """
    SELECT (SELECT count(*) FROM bot_inboundupdate WHERE state = 'pending'),
           (SELECT count(*) FROM bot_outgoingmessage WHERE state IN ('queued', 'sending')),
           (SELECT count(*) FROM sla_alert WHERE told_at IS NULL),
           (SELECT count(*) FROM sla_request WHERE notices_outdated OR fires_at <= now())
"""


@dataclass
class Trial:
    """One product with servers of its own. `mark` is the last update before the test."""

    stack: Stack
    postgres: Postgres
    redis: Redis
    simulator: Simulator
    mark: int = 0

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Ask the database as its owner."""
        with psycopg.connect(self.stack.database_url, row_factory=tuple_row) as owner:
            owner.execute("SET search_path = buhbot")
            return owner.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    def execute(self, statement: str) -> None:
        """Do as the owner of the database what no process of ours does."""
        with psycopg.connect(self.stack.database_url) as owner:
            owner.execute("SET search_path = buhbot")
            owner.execute(statement)

    def begin(self) -> None:
        """Let everything run undisturbed, with empty journals."""
        for server in (self.postgres, self.redis):
            server.start()
        self.run(*PROCESSES)
        self.simulator.clear_faults()
        self.simulator.delivery(paused=False, copies=1, ordered=True)
        self.simulator.wait_delivered(seconds=30)
        self.execute(f"TRUNCATE {JOURNALS} CASCADE")
        self.simulator.clear_calls()
        self.simulator.limits(forget=True)
        self.mark = self.simulator.delivery()["next_update_id"] - 1

    def run(self, *names: str) -> None:
        """See to it that exactly these processes run."""
        for name in set(self.stack.ended()):
            self.stack.kill(name)
        for name in [name for name in self.stack.running if name not in (*names, "simulator")]:
            self.stack.kill(name)
        for name in [name for name in names if name not in self.stack.running]:
            self.stack.start(name)
        if "web" in names:
            self.stack.wait_for(f"{self.stack.web_url}/health/live")

    def kill(self, *names: str) -> None:
        """`kill -9` processes and start them anew."""
        for name in names:
            self.stack.kill(name)
        for name in names:
            self.stack.start(name)

    def until(self, find: Callable[[], Any], about: str, *, seconds: float = SETTLE_SECONDS) -> Any:
        """Wait until something is true; it is looked for again while the database is away."""
        deadline = time.monotonic() + seconds
        found: Any = None
        while not found:
            assert time.monotonic() < deadline, f"within {seconds:.0f} s not so: {about}; {self.unfinished()}"
            time.sleep(0.1)
            try:
                found = find()
            except psycopg.OperationalError:
                found = None
        return found

    def unfinished(self) -> Any:
        return self.rows(UNFINISHED)[0]

    def settle(self, *, seconds: float = SETTLE_SECONDS) -> None:
        """Wait until everything was taken in, worked on, told and sent; twice, as one thing leads to another."""
        for _ in range(2):
            self.until(
                lambda: self.simulator.delivery()["pending"] == 0 and not any(self.unfinished()),
                "all is done (inbox, outbox, alerts, requests)",
                seconds=seconds,
            )
            time.sleep(0.2)

    def is_served(self) -> bool:
        try:
            answer = httpx.get(f"{self.stack.web_url}/health/live", timeout=2, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.is_success

    def ask_late(self, *chats: int, ago: int = LONG_AGO) -> dict[int, int]:
        """A client asks in each chat, by Telegram's clock so many seconds ago; give the dates."""
        at = int(time.time()) - ago
        for chat in chats:
            self.simulator.send(client_of(chat), chat, "Где акт сверки?", date=at)
        return dict.fromkeys(chats, at)
