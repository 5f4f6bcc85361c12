"""Everything one running simulator holds, handed to the Bot API and to the control API."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from simulator.deliver import Chaos, Delivery
from simulator.faults import Faults
from simulator.limits import Limits
from simulator.world import Json, Person, World

CALLS_KEPT = 50_000
ANSWER_TTL_SECONDS = 15.0


@dataclass
class Query:
    """A button press or an inline query that the bot may answer while it is fresh."""

    asked_at: float
    answer: asyncio.Future[Json]


@dataclass
class State:
    token: str
    world: World
    delivery: Delivery
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))
    queries: dict[str, Query] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    answer_ttl_seconds: float = ANSWER_TTL_SECONDS
    call_count: int = 0

    def now(self) -> float:
        return time.time()

    def record(self, method: str, params: Json, answer: Json, *, fault: str = "") -> None:
        """Note a call of the Bot API for GET /sim/calls."""
        self.call_count += 1
        call = {"seq": self.call_count, "time": self.now(), "method": method, "params": params, **answer}
        self.calls.append(call | {"fault": fault} if fault else call)

    def ask(self) -> tuple[str, Query]:
        """Open a query that expects an answer from the bot."""
        now = self.now()
        for stale in [key for key, query in self.queries.items() if query.asked_at < now - 600]:
            del self.queries[stale]
        query = Query(now, asyncio.get_running_loop().create_future())
        query_id = str(4_000_000_000_000 + self.world.next_id())
        self.queries[query_id] = query
        return query_id, query

    def reset(self) -> None:
        """Empty the world and the records; the webhook, the numbers of updates and the bot's name stay."""
        world = World(self.world.bot)
        world.version = self.world.version + 1
        world.last_id = self.world.last_id
        self.world = world
        self.delivery.forget()
        self.delivery.log.clear()
        self.delivery.chaos = Chaos()
        self.limits = Limits()
        self.faults.clear()
        self.calls.clear()
        self.queries.clear()
        self.answer_ttl_seconds = ANSWER_TTL_SECONDS


def new_state(token: str, *, username: str = "buhbot_test_bot", first_name: str = "БухБот") -> State:
    """Make an empty world with its bot, whose id stands in the token."""
    bot_id = int(token.partition(":")[0])
    bot = Person(id=bot_id, first_name=first_name, username=username, is_bot=True, language_code="")
    return State(token=token, world=World(bot), delivery=Delivery(clock=time.time))
