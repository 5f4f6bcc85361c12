"""The way of one letter to Telegram: the call, its error, and what is tried at once (OUT-04)."""

import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from django.db import DatabaseError
from telegram.error import TelegramError

from bot.calls import call, make_bot
from bot.failures import Failure, Meaning, sort_failure
from bot.results import accepted, failed, put_back
from bot.rules import Outage, Pace, Patience
from bot.services.deliveries import Letter, Outcome

log = logging.getLogger(__name__)
TOKEN_SECONDS = 60.0
DATABASE_SECONDS = 1.0

Follow = Callable[[int, int], Awaitable[None]]


class Courier:
    """Carries letters, and knows whether Telegram is there at all. `follow` gives a chat its new id."""

    def __init__(self, pace: Pace, follow: Follow) -> None:
        self.bot, self.connections = make_bot()
        self.pace = pace
        self.follow = follow
        self.outage = Outage()
        self.patience = Patience()
        self.is_hurried = False  # an outage began: what waits for a retry shall not wait beyond its end

    async def deliver(self, letter: Letter) -> Outcome:
        """Carry one letter and say what became of it; raises nothing."""
        try:
            outcome = await self._attempt(letter)
        except DatabaseError as error:
            outcome = put_back(letter, at=clock(), wait_seconds=DATABASE_SECONDS, error=str(error))
        except Exception as error:  # one letter of many
            log.exception("outbox row %s cannot be sent", letter.row.pk)
            outcome = failed(letter, Failure(Meaning.REFUSED, repr(error)), at=clock())
        if outcome.is_final:
            self.patience.forget(letter.row.pk)
        return outcome

    async def _attempt(self, letter: Letter) -> Outcome:
        try:
            taken = await call(self.bot, letter)
        except TelegramError as error:
            failure = sort_failure(error, letter.row.method)
        else:
            self.outage.succeed()
            return accepted(letter, taken, at=clock())
        if failure.meaning is Meaning.MIGRATED:
            await self._follow(letter, failure.new_chat_id)
            return await self._attempt_again(letter, failure)
        if failure.meaning is Meaning.SIMPLIFY:
            return await self._attempt_again(letter, failure)
        return self._failed(letter, failure)

    async def _attempt_again(self, letter: Letter, failure: Failure) -> Outcome:
        """Send at once to the chat's new id, or without the formatting that was not understood."""
        log.warning("outbox row %s is sent again: %s", letter.row.pk, failure.reason)
        is_simple = failure.meaning is Meaning.SIMPLIFY
        try:
            taken = await call(self.bot, letter, is_simple=is_simple)
        except TelegramError as error:
            return self._failed(letter, sort_failure(error, letter.row.method))
        self.outage.succeed()
        return accepted(letter, taken, at=clock(), error=failure.reason if is_simple else "")

    async def _follow(self, letter: Letter, new_chat_id: int) -> None:
        await self.follow(letter.chat_id, new_chat_id)
        letter.chat_id = new_chat_id
        if letter.row.chat is not None:
            letter.row.chat.telegram_id = new_chat_id
        self.pace.count(new_chat_id, time.monotonic())

    def _failed(self, letter: Letter, failure: Failure) -> Outcome:
        now, pk = time.monotonic(), letter.row.pk
        log.warning("outbox row %s: %s, %s", pk, failure.meaning.name, failure.reason)
        if failure.meaning is Meaning.TOKEN_REFUSED:
            log.critical("Telegram refuses TELEGRAM_BOT_TOKEN: nothing can be sent")
            self.outage.stop(TOKEN_SECONDS, now)
            return put_back(letter, at=clock(), error=failure.reason)
        is_excused, wait = self._excuse(letter, failure, now)
        if is_excused and not self.patience.is_over(pk, now):
            return put_back(letter, at=clock(), wait_seconds=wait, error=failure.reason)
        return failed(letter, failure, at=clock(), wait_seconds=wait)

    def _excuse(self, letter: Letter, failure: Failure, now: float) -> tuple[bool, float]:
        """Say whether the failure is not this letter's fault, and for how many seconds it has to wait."""
        if failure.meaning is Meaning.TRY_AGAIN:
            self.is_hurried |= self.outage.fail(letter.row.pk, now)
            return self.outage.is_on, max(0.0, self.outage.until - now)
        self.outage.succeed()
        if failure.meaning is not Meaning.WAIT:
            return False, 0.0
        self.pace.refuse(letter.chat_id, failure.retry_after, now)
        return True, failure.retry_after


def clock() -> datetime:
    """Read the clock: the moment at which Telegram answered."""
    return datetime.now(UTC)
