"""Answers `/diagnose`: asks Telegram outside of any transaction, then tells what it and we know (CHT-05)."""

from contextlib import suppress
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models.functions import Now
from telegram import ChatMember
from telegram.error import TelegramError

from bot.models import Diagnosis, OutgoingMessage
from bot.outbox import WrongAudience, queue_message
from bot.telegram_reads import look_into
from bot.texts import diagnoses as texts
from buhbot.models import Chat
from buhbot.services.chats import note_bot_rights
from sla.duty import is_uncovered, on_duty
from sla.models import AlertKind
from sla.rules import FIRST_LEVEL
from sla.selectors import alertable, calendar_version_of, monitoring_obstacles, policy_of
from sla.texts import OBSTACLES

Audience = OutgoingMessage.Audience

log = structlog.get_logger(__name__)


def answer_diagnoses(now: datetime) -> int:
    """Answer who asked and has no answer yet; return how many."""
    waiting = Diagnosis.objects.filter(answered_at=None).select_related("chat", "staff").order_by("pk")
    return sum(_answer(asked, _look(asked), now) for asked in list(waiting))


def _look(asked: Diagnosis) -> texts.Seen | None:
    """Ask Telegram; None: it does not answer."""
    try:
        return look_into(asked.chat.telegram_id, None if asked.staff else asked.telegram_id)
    except TelegramError as error:
        log.warning("a chat could not be looked into", chat=asked.chat_id, error=str(error))
        return None


@transaction.atomic
def _answer(asked: Diagnosis, seen: texts.Seen | None, now: datetime) -> int:
    if not Diagnosis.objects.filter(pk=asked.pk, answered_at=None).update(answered_at=now):
        return 0
    if seen is not None and seen.is_there:
        note_bot_rights(asked.chat, is_admin=seen.status == ChatMember.ADMINISTRATOR)
    with suppress(WrongAudience):  # who asked has been unlinked since, or the chat has become the team's
        _tell(asked, seen, now)
    return 1


def _tell(asked: Diagnosis, seen: texts.Seen | None, now: datetime) -> None:
    chat, staff = asked.chat, asked.staff
    if staff is not None:
        text = texts.for_staff(_known(chat), seen, now=now)
        queue_message(staff, audience=Audience.STAFF, text=text)
    elif seen is not None and seen.is_asked_by_admin:
        place = _private(asked.telegram_id) or chat
        queue_message(place, audience=Audience.CLIENT, text=texts.for_admin(seen))


def _private(telegram_id: int | None) -> Chat | None:
    """Return the private chat of somebody who is no staff, if the bot may write there."""
    reachable = Chat.objects.filter(
        kind=Chat.Kind.PRIVATE, life_cycle=Chat.LifeCycle.ACTIVE, unreachable_since=None
    )
    return reachable.filter(telegram_id=telegram_id).first() if telegram_id else None


def _known(chat: Chat) -> texts.Known:
    policy, there = policy_of(chat), on_duty([chat.pk], at=Now()).get(chat.pk, [])
    return texts.Known(
        chat_id=chat.pk,
        name=str(chat),
        is_monitored=chat.is_monitored,
        obstacles=[str(OBSTACLES[obstacle]) for obstacle in monitoring_obstacles(chat)],
        accountants=[person["name"] for person in there],
        is_uncovered=is_uncovered(chat),
        listeners=[str(person) for person in alertable(chat, kind=AlertKind.BREACH, level=FIRST_LEVEL)],
        policy=str(policy),
        target_minutes=policy.target_minutes,
        calendar=calendar_version_of(chat).name,
        last_message_at=chat.last_message_at,
    )
