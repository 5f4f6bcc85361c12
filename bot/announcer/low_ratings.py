"""Low ratings: managers hear of each at once, read what became of it, and are told once when nothing did (SUR-09)."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from bot.announcer.alone import alone
from bot.keyboards import Button, Keyboard
from bot.models import OutgoingMessage
from bot.outbox import WrongAudience, queue_message, retell
from bot.texts import alerts, low_ratings
from bot.texts.words import admin_link, message_link
from buhbot.models import Chat, User
from buhbot.selectors import away_at
from feedback.models import Delivery, FollowUp
from feedback.selectors import overdue_follow_ups
from feedback.services import mark_follow_up
from sla.duty import declined_alerts
from sla.listeners import listeners
from sla.models import AlertKind
from sla.selectors import SERVING_ROLES, active_staff, serving, staff_of

IN_CHARGE, EVERYBODY = 2, 3  # levels of an alert: the chat's managers, or all managers and administrators


def tell_low_ratings(now: datetime) -> int:
    """Tell of every follow-up that managers have not heard of, that changed, or is overdue; return how many."""
    news = Q(told_at=None) | Q(notices_outdated=True)
    late = Q(pk__in=overdue_follow_ups(now).filter(reminded_at=None))
    keys = list(FollowUp.objects.filter(news | late).order_by("pk").values_list("pk", flat=True))
    return sum(alone(_tell, key, now) for key in keys)


@transaction.atomic
def _tell(key: int, now: datetime) -> int:
    rows = FollowUp.objects.select_for_update(skip_locked=True, of=("self",))
    parts = ("vote__delivery__chat", "vote__delivery__survey", "vote__delivery__accountant", "closed_by")
    follow_up = rows.select_related(*parts).filter(pk=key).first()
    if follow_up is None:
        return 0
    told_at, reminded_at = follow_up.told_at, follow_up.reminded_at
    _refresh(follow_up)
    is_late = follow_up.closed_at is None and follow_up.due_at <= now
    if told_at is None and _send(follow_up, low_ratings.alert(follow_up), "told", now):
        told_at = now
    if is_late and reminded_at is None and _send(follow_up, low_ratings.overdue(follow_up), "late", now):
        reminded_at = now
    mark_follow_up(follow_up, told_at=told_at, reminded_at=reminded_at)
    return 1


def _refresh(follow_up: FollowUp) -> None:
    """Let what managers were told say what is true now."""
    sent = OutgoingMessage.objects.select_for_update(of=("self",)).select_related("chat", "recipient")
    told = sent.filter(subject=_subject(follow_up), method=OutgoingMessage.Method.SEND).order_by("pk")
    for notice in told:
        is_late = (notice.dedupe_key or "").startswith(_key(follow_up, "late"))
        text = low_ratings.overdue(follow_up) if is_late else low_ratings.alert(follow_up)
        with suppress(WrongAudience):  # the person has been unlinked since
            retell(notice, text=text, keyboard=_keyboard(follow_up))


def _send(follow_up: FollowUp, text: str, what: str, now: datetime) -> int:
    people = _who_hears(follow_up.vote.delivery.chat, now)
    for person in people:
        queue_message(
            person,
            audience=OutgoingMessage.Audience.STAFF,
            text=text,
            keyboard=_keyboard(follow_up),
            priority=OutgoingMessage.Priority.ALERT,
            subject=_subject(follow_up),
            dedupe_key=f"{_key(follow_up, what)}:{person.pk}",
        )
    return len(people)


def _who_hears(chat: Chat, now: datetime) -> list[User]:
    """The chat's managers or who stands in, else all who may see votes; as with missed targets (ALR-02, STF-06)."""
    staff = active_staff()
    for level in (IN_CHARGE, EVERYBODY):
        told = listeners(
            AlertKind.ESCALATION,
            level,
            declined=declined_alerts(staff)[AlertKind.ESCALATION],
            chat_staff=[one for one in staff_of(chat) if one.role in SERVING_ROLES],
            firm_staff=serving(staff),
            away=away_at(now),
        )
        people = [
            user for user in staff if user.pk in told and user.is_reachable and user.role in SERVING_ROLES
        ]
        if people:
            return people
    return []


def _keyboard(follow_up: FollowUp) -> Keyboard:
    card = admin_link(f"feedback/followup/{follow_up.pk}/change/")
    links = {alerts.open_chat_button(): _place(follow_up.vote.delivery), low_ratings.card_button(): card}
    return (tuple(Button(text, url=link) for text, link in links.items() if link),)


def _place(delivery: Delivery) -> str:
    """Where the survey stands in Telegram, else the chat's page."""
    chat = delivery.chat
    is_here = delivery.telegram_chat_id == chat.telegram_id and delivery.telegram_message_id is not None
    link = message_link(
        chat_id=chat.telegram_id,
        username="" if chat.kind == Chat.Kind.PRIVATE else chat.username,
        message_id=delivery.telegram_message_id or 0,
    )
    return (link if is_here else "") or admin_link(f"buhbot/chat/{chat.pk}/change/")


def _subject(follow_up: FollowUp) -> str:
    return f"follow_up:{follow_up.pk}"


def _key(follow_up: FollowUp, what: str) -> str:
    return f"follow_up-{what}:{follow_up.pk}"
