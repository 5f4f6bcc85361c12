"""Flood control: who sends too many commands or presses gets no answer for a minute (BOT-06).

What it counts lives in Redis and may be forgotten; without Redis everybody is answered.
"""

import time
from datetime import datetime

import structlog
from django.core.cache import cache
from redis import RedisError
from telegram import MessageEntity, Update

from bot.rules import FLOOD_SECONDS, is_flood
from buhbot.ops.metrics import REDIS_ERRORS

REST_SECONDS = 30.0  # Redis that is away is not waited for with every command

log = structlog.get_logger(__name__)


class Patience:
    """Counts the orders of each person, in Redis for all processes. Never raises."""

    def __init__(self) -> None:
        self._blind_until = 0.0

    def forget(self) -> None:
        """Take Redis as well again at once."""
        self._blind_until = 0.0

    def is_over(self, update: Update, now: datetime, *, is_button: bool = False) -> bool:
        """Count the update if it is an order, and say whether the person gets no answer now (BOT-06).

        `is_button` says that it is one though it reads like any text: the keyboard's buttons send words.
        """
        person = update.effective_sender  # who hides behind a group shares the account with all who do
        if person is None or time.monotonic() < self._blind_until:
            return False
        try:
            return self._count(person.id, update, now.timestamp(), is_order=is_button or is_order(update))
        except RedisError as error:
            REDIS_ERRORS.inc()
            self._blind_until = time.monotonic() + REST_SECONDS
            log.warning("flood control is off while Redis is away", error=str(error))
            return False

    def _count(self, person: int, update: Update, at: float, *, is_order: bool) -> bool:
        silent, orders = f"flood:silent:{person}", f"flood:orders:{person}"
        if cache.get(silent) is not None:
            return True
        if not is_order:
            return False
        known = cache.get(orders) or {}
        seen = {key: when for key, when in known.items() if when > at - FLOOD_SECONDS}
        seen[update.update_id] = at  # an update that is tried again counts once
        cache.set(orders, seen, FLOOD_SECONDS)
        if not is_flood(seen.values(), at):
            return False
        cache.set(silent, 1, FLOOD_SECONDS)
        log.warning("somebody gets no answer for a minute", person=person)
        return True


def is_order(update: Update) -> bool:
    """Say whether the update is a command or a press of a button."""
    if update.callback_query is not None:
        return True
    entities = update.message.entities if update.message else ()
    return any(entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0 for entity in entities)


patience = Patience()
