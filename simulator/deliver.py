"""Updates on their way to the bot: numbered, kept until taken, pushed or polled."""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from simulator.world import Json

DEFAULT_KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_join_request",
    ]
)
FIRST_DELAY = 0.5
LAST_DELAY = 10.0
LOG_SIZE = 50_000


@dataclass
class Webhook:
    url: str
    secret: str = ""
    max_connections: int = 40
    last_error_at: int = 0
    last_error: str = ""


@dataclass
class Pending:
    """One delivery that is due; the same update may be due more than once."""

    update_id: int
    queue: str
    body: bytes


@dataclass
class Chaos:
    """What a test may do to deliveries: hold them, repeat them, drop Telegram's order within a chat."""

    is_paused: bool = False
    copies: int = 1
    is_ordered: bool = True


@dataclass
class Delivery:
    clock: Callable[[], float]
    on_answer: Callable[[Json], Any] = lambda call: None
    next_update_id: int = 100_001
    kinds: frozenset[str] = DEFAULT_KINDS
    webhook: Webhook | None = None
    pending: dict[int, Pending] = field(default_factory=dict)
    log: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=LOG_SIZE))
    chaos: Chaos = field(default_factory=Chaos)
    attempts: int = 0
    failures: int = 0
    _serial: int = 0
    _queues: dict[str, deque[int]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(40))
    _client: httpx.AsyncClient | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _poll: int = 0

    def emit(self, kind: str, payload: Json) -> Json:
        """Number an update and make it due, if the bot asked for its kind."""
        update_id = self.next_update_id
        update: Json = {"update_id": update_id, kind: payload}
        self.next_update_id += 1
        body = json.dumps(update, ensure_ascii=False).encode()
        if kind in self.kinds:
            self.log.append((update_id, body))
            for copy in range(max(1, self.chaos.copies)):
                self._due(Pending(update_id, _queue_of(kind, payload) + "+" * copy, body))
        return update

    def inject(self, update: Json) -> None:
        """Make an update due as it is, whatever its number; apart from the order of its chat."""
        self.next_update_id = max(self.next_update_id, int(update.get("update_id", 0)) + 1)
        body = json.dumps(update, ensure_ascii=False).encode()
        self.log.append((int(update.get("update_id", 0)), body))
        self._due(Pending(int(update.get("update_id", 0)), f"injected:{self._serial}", body))

    def redeliver(self, update_id: int) -> bool:
        """Make an update due once more."""
        body = next((body for known, body in reversed(self.log) if known == update_id), None)
        if body is None:
            return False
        self._due(Pending(update_id, f"again:{self._serial}", body))
        return True

    def _due(self, pending: Pending) -> None:
        self._serial += 1
        self.pending[self._serial] = pending
        self._arrived.set()
        if self.webhook and not self.chaos.is_paused:
            self._enqueue(self._serial)

    async def set_webhook(self, webhook: Webhook | None) -> None:
        """Switch to this webhook (or to none); what is pending goes there."""
        await self._stop_tasks()
        self.webhook = webhook
        if webhook:
            self._slots = asyncio.Semaphore(webhook.max_connections)
            self.release()

    def release(self, *, shuffled: bool = False) -> None:
        """Start pushing all that is pending and not already queued."""
        queued = {serial for queue in self._queues.values() for serial in queue}
        waiting = [serial for serial in self.pending if serial not in queued]
        if shuffled:
            random.shuffle(waiting)
        for serial in waiting if self.webhook else ():
            self._enqueue(serial)

    def _enqueue(self, serial: int) -> None:
        name = self.pending[serial].queue if self.chaos.is_ordered else f"serial:{serial}"
        queue = self._queues.get(name)
        if queue is not None:
            queue.append(serial)
            return
        self._queues[name] = deque([serial])
        task = asyncio.get_running_loop().create_task(self._push_queue(name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _push_queue(self, name: str) -> None:
        """Push the updates of one chat one after the other; each is tried until it is taken."""
        queue = self._queues[name]
        delay = FIRST_DELAY
        while queue:
            pending = self.pending.get(queue[0])
            if pending is None or await self._push(pending):
                self.pending.pop(queue.popleft(), None)
                delay = FIRST_DELAY
                continue
            await asyncio.sleep(delay)
            delay = min(delay * 2, LAST_DELAY)
        del self._queues[name]

    async def _push(self, pending: Pending) -> bool:
        webhook = self.webhook
        if webhook is None:
            return False
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        async with self._slots:
            self.attempts += 1
            try:
                answer = await self._http().post(webhook.url, content=pending.body, headers=headers)
            except httpx.HTTPError as error:
                return self._failed(webhook, f"Connection error: {type(error).__name__} {error}".strip())
        if answer.is_success:
            self._obey(answer)
            return True
        return self._failed(
            webhook, f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
        )

    def _failed(self, webhook: Webhook, reason: str) -> bool:
        self.failures += 1
        webhook.last_error = reason
        webhook.last_error_at = int(self.clock())
        return False

    def _obey(self, answer: httpx.Response) -> None:
        """A webhook may answer with a method to call."""
        if not answer.content.startswith(b"{"):
            return
        try:
            call = answer.json()
        except ValueError:
            return
        if "method" in call:
            self.on_answer(call)

    async def take(self, *, offset: int, limit: int, timeout: float) -> list[Json] | None:
        """Answer getUpdates: forget what is below `offset`, wait up to `timeout` seconds.

        None: another call took over.
        """
        self._poll += 1
        mine = self._poll
        if offset:
            self.pending = {key: due for key, due in self.pending.items() if due.update_id >= offset}
        self._arrived.set()  # wakes an older call, which then sees that it was replaced
        deadline = self.clock() + timeout
        while True:
            ready = [] if self.chaos.is_paused else list(self.pending.values())[:limit]
            left = deadline - self.clock()
            if ready or left <= 0:
                return [json.loads(due.body) for due in ready]
            self._arrived.clear()
            await self._wait(min(left, 1.0))
            if mine != self._poll:
                return None

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return

    def forget(self) -> None:
        """Drop everything that is pending."""
        self.pending.clear()

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            limits = httpx.Limits(max_connections=200, max_keepalive_connections=100)
            self._client = httpx.AsyncClient(timeout=30, limits=limits, trust_env=False, verify=False)  # noqa: S501  # nosec B501
        return self._client

    async def _stop_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._queues.clear()

    async def close(self) -> None:
        await self._stop_tasks()
        if self._client:
            await self._client.aclose()


def _queue_of(kind: str, payload: Json) -> str:
    """Telegram keeps the order within a chat and a family of kinds, and pushes the rest in parallel."""
    if kind == "callback_query":
        return f"callback:{payload['from']['id']}"
    owner = payload.get("chat") or payload.get("from") or {}
    family = "message" if kind in {"message", "my_chat_member", "chat_member"} else kind
    return f"{family}:{owner.get('id')}"
