"""`/absence` in private: who of the firm is away, from when to when, and who stands in (STF-03)."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from telegram import CallbackQuery, Message, MessageEntity, Update

from bot.handlers import alerts
from bot.handlers.clients import on_message
from bot.handlers.staff import staff_behind
from bot.keyboards import Button, Keyboard, press, read_press
from bot.models import OutgoingMessage
from bot.outbox import queue_button_answer, queue_edit, queue_message
from bot.texts import absences as texts
from buhbot.models import Absence, AuditEntry, Role, User
from buhbot.rules import BadDays, read_days
from buhbot.services import absences
from buhbot.services.audit import record
from buhbot.services.people import mark_person_reachable
from sla import services
from sla.duty import watched_chats

Audience = OutgoingMessage.Audience
Act = AuditEntry.Kind
PRESS = r"^absence_cancel:"
WRONG_DAYS: dict[type[Exception], Callable[[], str]] = {
    BadDays: texts.bad_days,
    absences.DaysReversed: texts.days_reversed,
    absences.DaysOver: texts.days_over,
    absences.DaysTooFar: texts.days_too_far,
}


class NobodyOfThatName(Exception):
    """No account of the firm goes by the name that was written."""


def on_absence(update: Update) -> None:
    """Enter an absence, or list those to come when nothing is said; what a client writes goes the way of all."""
    message, person = update.message, update.effective_user
    staff = staff_behind(person) if person else None
    if message is None or staff is None:
        on_message(update)
        return
    mark_person_reachable(staff)
    now = timezone.now()
    words = (message.text or "").split(maxsplit=1)[1:]
    if staff.role == Role.OBSERVER:
        queue_message(staff, audience=Audience.STAFF, text=texts.not_for_observers())
    elif words:
        queue_message(staff, audience=Audience.STAFF, text=_enter(staff, message, words[0], now))
    else:
        text, keyboard = _list(staff, now)
        queue_message(staff, audience=Audience.STAFF, text=text, keyboard=keyboard)


def _enter(staff: User, message: Message, words: str, now: datetime) -> str:
    """Enter what was written; say in words what became of it."""
    substitute = None
    try:
        first, last, name = read_days(words)
        substitute = _substitute(message, name)
        absence = Absence(user=staff, substitute=substitute, created_by=staff)
        services.enter_absence(absence, first=first, last=last, now=now)
        _write_down(Act.ADDED, absence, now)
    except tuple(WRONG_DAYS) as error:
        return WRONG_DAYS[type(error)]()
    except absences.AbsenceOverlaps as error:
        return texts.overlaps(_days(error.other))
    except NobodyOfThatName as error:
        return texts.unknown_substitute(str(error))
    except absences.SubstituteUnknown:
        return (
            texts.substitute_is_oneself()
            if substitute == staff
            else texts.unknown_substitute(str(substitute))
        )
    except absences.SubstituteUnreachable:
        return texts.substitute_not_linked(str(substitute))
    chats = watched_chats().filter(assignments__user=staff).distinct().count()
    return texts.entered(_days(absence), str(substitute or ""), chats)


def _substitute(message: Message, name: str) -> User | None:
    """Find who is mentioned, with a Telegram name or without one. Raises NobodyOfThatName."""
    mentions = message.parse_entities([MessageEntity.TEXT_MENTION])
    for entity, said in mentions.items():
        found = staff_behind(entity.user) if entity.user else None
        if found is None:
            raise NobodyOfThatName(said)
        return found
    if not name:
        return None
    found = User.objects.filter(telegram_username__iexact=name.lstrip("@"), is_active=True).first()
    if found is None or not name.lstrip("@"):
        raise NobodyOfThatName(name)
    return found


def _list(staff: User, now: datetime) -> tuple[str, Keyboard]:
    coming = list(
        Absence.objects.filter(user=staff, ends_at__gt=now).select_related("substitute").order_by("starts_at")
    )
    text = texts.listed([(_days(absence), str(absence.substitute or "")) for absence in coming])
    return text, tuple(
        (Button(texts.cancel_button(_days(absence)), press("absence_cancel", absence.pk)),)
        for absence in coming
    )


def _days(absence: Absence) -> str:
    return texts.days(absences.first_day(absence), absences.last_day(absence))


def on_press(update: Update) -> None:
    """Cancel an absence by the button under the list, for who is away only (SEC-11)."""
    query = update.callback_query
    staff = staff_behind(query.from_user) if query else None
    if query is None or staff is None:
        alerts.on_press(update)
        return
    now = timezone.now()
    pressed = read_press(query.data or "")
    absence = Absence.objects.filter(pk=pressed[1] if pressed else 0, ends_at__gt=now).first()
    if absence is None:
        toast = texts.over_toast()
    elif absence.user_id != staff.pk:
        record(Act.REFUSED, actor=staff, about=absence, now=now)
        toast = texts.refusal_toast()
    else:
        when = _days(absence)
        services.end_absence(absence, now=now)
        _write_down(Act.DELETED, absence, now, note=when)
        toast = texts.cancelled_toast()
    queue_button_answer(staff, audience=Audience.STAFF, query_id=query.id, text=toast)
    _refresh(query, staff, now)


def _write_down(kind: str, absence: Absence, now: datetime, *, note: str = "") -> None:
    """Add to the audit log what the person did; a cancelled absence may be gone (ADM-10)."""
    record(kind, actor=absence.user, about=absence, note=note or _days(absence), now=now)


def _refresh(query: CallbackQuery, staff: User, now: datetime) -> None:
    """Let the list under which the button was say what is true now."""
    shown = OutgoingMessage.objects.filter(
        recipient=staff,
        method=OutgoingMessage.Method.SEND,
        telegram_message_id=query.message.message_id if query.message else 0,
    ).first()
    if shown is not None:
        text, keyboard = _list(staff, now)
        queue_edit(shown, text=text, keyboard=keyboard, dedupe_key=None)
