"""The one sender: outbox rows become calls of the Bot API, in order and within the limits (OUT-01 to OUT-08).

Three coroutines on one loop: one hears of new rows, one keeps the books (lease, claims, results), one paces the
calls. The database is spoken to from one thread of its own, so that the loop never waits for it, and no
transaction is open during a call. Only the process that holds the lease row sends.
"""

import asyncio
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from bot.courier import Courier, clock
from bot.models import INSTANT, OutgoingMessage
from bot.results import ended, put_back, write_outcomes
from bot.rules import Pace
from bot.services.deliveries import (
    Letter,
    Outcome,
    claim_letters,
    hurry_retries,
    recent_group_messages,
)
from bot.services.lease import LEASE_SECONDS, hold_lease, release_lease
from buhbot.ops.metrics import DATABASE_ERRORS
from buhbot.services.chats import migrate_chat

log = logging.getLogger(__name__)
Method = OutgoingMessage.Method
Result = TypeVar("Result")

RENEW_SECONDS = 2.0
ASK_SECONDS = 1.0  # how often a process that waits asks for the lease
POLL_SECONDS = 1.0
BREATH_SECONDS = 0.05  # between two looks into the books, so that they are kept in batches
HELD_LETTERS = 40
URGENT_LETTERS = 5  # claimed at once though enough are held: an answer to a press may be among them
HOLD_SECONDS = 6.0  # a letter that must wait longer goes back to its row
FLYING_LETTERS = 50
FINISH_SECONDS = 5.0


class Sender:
    """Send what is queued until told to stop. One instance runs once."""

    def __init__(self) -> None:
        self.holder = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.database = ThreadPoolExecutor(1, "sender-database")
        self.ear = ThreadPoolExecutor(1, "sender-ear")
        self.pace = Pace(settings.OUTBOX_MESSAGES_PER_SECOND)
        self.courier = Courier(self.pace, self._follow)
        self.held: list[Letter] = []
        self.flying: set[asyncio.Task[None]] = set()
        self.outcomes: list[Outcome] = []
        self.news = asyncio.Event()  # for the books: something was queued or came back
        self.came = asyncio.Event()  # for the pace: there are letters, or room for them
        self.is_woken = True
        self.lease_until = self.ask_at = 0.0

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Send until `stop`; end within 10 s. `wake` says that rows were queued; it is cleared here alone."""
        asyncio.run(self._run(stop, wake))

    async def _run(self, stop: threading.Event, wake: threading.Event) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(stop, wake))
                group.create_task(self._keep_books(stop))
                group.create_task(self._pace_calls(stop))
        finally:
            await self._finish()

    async def _listen(self, stop: threading.Event, wake: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            if await loop.run_in_executor(self.ear, wake.wait, POLL_SECONDS / 2):
                wake.clear()
                self.is_woken = True
                self.news.set()
        self.news.set()
        self.came.set()

    async def _in_database(self, work: Callable[..., Result], *args: object) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.database, partial(_work, work, *args))

    async def _follow(self, old_id: int, new_id: int) -> None:
        await self._in_database(partial(migrate_chat, old_telegram_id=old_id, new_telegram_id=new_id))

    # The books

    async def _keep_books(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.news.clear()
            try:
                await self._write_outcomes()
                await self._keep_lease()
                await self._claim()
            except DatabaseError:
                log.exception("the outbox cannot be read or written; trying again")
                await asyncio.sleep(POLL_SECONDS)
            await asyncio.sleep(BREATH_SECONDS)
            await _until(self.news, POLL_SECONDS)

    async def _write_outcomes(self) -> None:
        batch = self.outcomes[:]
        if batch:
            await self._in_database(write_outcomes, batch)
            del self.outcomes[: len(batch)]
        if self.courier.is_hurried:
            await self._in_database(hurry_retries)
            self.courier.is_hurried = False

    async def _keep_lease(self) -> None:
        now = time.monotonic()
        if now < self.ask_at:
            return
        is_ours = await self._in_database(hold_lease, self.holder)
        if is_ours and not self._has_lease(now):
            log.info("this process sends from now on")
            await self._refill_windows()
        self.lease_until = now + LEASE_SECONDS - 1 if is_ours else 0.0
        self.ask_at = now + (RENEW_SECONDS if is_ours else ASK_SECONDS)
        self.pace.forget(now)

    def _has_lease(self, now: float) -> bool:
        return now < self.lease_until

    async def _refill_windows(self) -> None:
        """Count what the former sender sent to groups in the last minute (OUT-02)."""
        recent = await self._in_database(recent_group_messages)
        now = time.monotonic()
        self.pace.groups.clear()
        for chat_id, age in recent:
            self.pace.count(chat_id, now - age)

    async def _claim(self) -> None:
        limit = self._room(time.monotonic())
        if limit <= 0:
            return
        self.is_woken = False
        letters = await self._in_database(claim_letters, limit)
        for letter in letters:
            if letter.end:
                self._settle(ended(letter, at=clock()))
            else:
                letter.held_since = time.monotonic()
                self.held.append(letter)
        self.held.sort(key=lambda letter: (letter.row.priority, letter.row.pk))
        if letters:
            self.news.set()
            self.came.set()

    def _room(self, now: float) -> int:
        """Say how many letters may be claimed: few, as each is leased for 30 s; one in an outage."""
        if not self._has_lease(now):
            return 0
        outage = self.courier.outage
        if outage.is_on:
            return 0 if now < outage.until or self.held or self.flying else 1
        if self.pace.overall_wait(now) > POLL_SECONDS or len(self.held) >= 2 * HELD_LETTERS:
            return 0
        return max(HELD_LETTERS - len(self.held), URGENT_LETTERS if self.is_woken else 0)

    # The pace

    async def _pace_calls(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.came.clear()
            wait = self._start_one(time.monotonic())
            if wait > 0:
                await _until(self.came, wait)

    def _start_one(self, now: float) -> float:
        """Start the most urgent call that may be made now, or say for how many seconds there is none."""
        is_shut = now < self.courier.outage.until
        wait = self.pace.overall_wait(now)
        if is_shut or wait > HOLD_SECONDS or not self._has_lease(now):
            self._put_all_back()
            return POLL_SECONDS
        if wait > 0:
            return wait
        if len(self.flying) >= FLYING_LETTERS:
            return POLL_SECONDS
        return self._start_first_ready(now)

    def _start_first_ready(self, now: float) -> float:
        soonest = POLL_SECONDS
        for letter in list(self.held):
            wait = self._wait_of(letter, now)
            if wait == 0:
                self._start(letter, now)
                return 0.0
            if now - letter.held_since + wait > HOLD_SECONDS:
                self.held.remove(letter)
                self._settle(put_back(letter, at=clock(), wait_seconds=wait))
            else:
                soonest = min(soonest, wait)
        return soonest

    def _wait_of(self, letter: Letter, now: float) -> float:
        is_answer = letter.row.method in INSTANT
        return 0.0 if is_answer else self.pace.chat_wait(letter.chat_id, now)

    def _start(self, letter: Letter, now: float) -> None:
        self.held.remove(letter)
        self.pace.take(None if letter.row.method in INSTANT else letter.chat_id, now)
        task = asyncio.create_task(self._deliver(letter))
        self.flying.add(task)
        task.add_done_callback(self._landed)

    async def _deliver(self, letter: Letter) -> None:
        self._settle(await self.courier.deliver(letter))

    def _landed(self, task: asyncio.Task[None]) -> None:
        self.flying.discard(task)
        self.came.set()
        self.news.set()

    def _settle(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.news.set()

    def _put_all_back(self) -> None:
        for letter in self.held:
            self._settle(put_back(letter, at=clock()))
        self.held.clear()

    async def _finish(self) -> None:
        """Wait for calls under way, write everything down, give the lease up (RUN-05)."""
        if self.flying:
            await asyncio.wait(self.flying, timeout=FINISH_SECONDS)
        for task in self.flying:
            task.cancel()
        self._put_all_back()
        with suppress(DatabaseError):  # rows still leased are sent when their lease runs out (OUT-05)
            await self._write_outcomes()
            await self._in_database(release_lease, self.holder)
        await self._in_database(_hang_up)
        await self.courier.connections.shutdown()
        self.database.shutdown()
        self.ear.shutdown()


def _work(work: Callable[..., Result], *args: object) -> Result:
    """Do one piece of work in the database thread; a broken connection is replaced by the next one."""
    try:
        return work(*args)
    except (OperationalError, InterfaceError):
        DATABASE_ERRORS.inc()
        connection.close()
        raise


def _hang_up() -> None:
    connection.close()


async def _until(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
