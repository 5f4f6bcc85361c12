"""Asks Telegram what the bot is in groups of which that is not known yet, a few a minute (CHT-02, CHT-05, ADM-04).

Telegram tells of the bot's rights when they change only; a group that was there before, or that lost such an update,
would stay unknown.
"""

import time
from collections.abc import Iterator
from datetime import datetime

import structlog
from django.db import transaction
from telegram import ChatMember
from telegram.error import TelegramError

from bot.handlers.chats import GONE, note_removal
from bot.telegram_reads import standing_in
from buhbot.models import Chat
from buhbot.services.chats import learn_bot_rights

MOST_A_MINUTE = 20
MINUTE_SECONDS = 60.0
PATIENCE_SECONDS = 3600.0  # where Telegram refused, it is asked again after an hour
GROUPS = (Chat.Kind.GROUP, Chat.Kind.SUPERGROUP)

log = structlog.get_logger(__name__)


class Rights:
    """Looks into groups whose rights are not known; asks outside of any transaction."""

    def __init__(self) -> None:
        self._refused: dict[int, float] = {}
        self._asked: list[float] = []

    def look(self, now: datetime) -> int:
        """Ask about as many groups as the minute has room for; return of how many it is known now."""
        return sum(self._learn(chat, now) for chat in self._unknown())

    def _unknown(self) -> Iterator[Chat]:
        clock = time.monotonic()
        self._asked = [at for at in self._asked if clock - at < MINUTE_SECONDS]
        waiting = [pk for pk, until in self._refused.items() if clock < until]
        groups = Chat.objects.filter(
            is_bot_admin=None, kind__in=GROUPS, life_cycle=Chat.LifeCycle.ACTIVE
        ).exclude(pk__in=waiting)
        yield from list(groups.order_by("pk")[: MOST_A_MINUTE - len(self._asked)])

    def _learn(self, chat: Chat, now: datetime) -> int:
        self._asked.append(time.monotonic())
        try:
            standing = standing_in(chat.telegram_id)
        except TelegramError as error:
            self._refused[chat.pk] = time.monotonic() + PATIENCE_SECONDS
            log.warning("what the bot is in a chat is not known", chat=chat.pk, error=str(error))
            return 0
        _note(chat, standing, now)
        return 1


@transaction.atomic
def _note(chat: Chat, standing: str, now: datetime) -> None:
    """Write the answer down, unless Telegram has told of a change meanwhile."""
    is_admin = standing == ChatMember.ADMINISTRATOR
    if learn_bot_rights(chat, is_admin=is_admin) and standing in GONE:
        note_removal(chat, at=now, now=now, key=f"gone:{chat.pk}:{now:%Y%m%d%H%M}")
