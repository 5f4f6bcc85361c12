"""Presses of the buttons under an alert (ALR-04)."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.utils import timezone
from telegram import CallbackQuery, Update

from bot.keyboards import read_press
from bot.models import OutgoingMessage
from bot.outbox import queue_button_answer
from bot.texts import alerts as texts
from buhbot.models import Chat, User
from buhbot.rules import IncomingChat
from buhbot.services.chats import register_chat
from buhbot.worktime import NoWorkingTime
from sla import services
from sla.models import AlertKind, Request
from sla.rules import Snooze
from sla.selectors import alertable

Audience = OutgoingMessage.Audience
Action = Callable[..., Request]
Toast = Callable[[Request], str]


def _asked(request: Request) -> str:
    is_anyone_told = bool(alertable(request.chat, kind=AlertKind.NUDGE, level=request.level))
    return texts.asked_toast() if is_anyone_told else texts.nobody_asked_toast()


ACTIONS: dict[str, tuple[Action, Toast]] = {
    "take": (services.acknowledge, lambda _: texts.taken_toast()),
    "resolve": (services.resolve, lambda _: texts.resolved_toast()),
    "snooze_1h": (partial(services.snooze, length=Snooze.HOUR), lambda _: texts.snoozed_toast()),
    "snooze_4h": (partial(services.snooze, length=Snooze.FOUR_HOURS), lambda _: texts.snoozed_toast()),
    "snooze_morning": (partial(services.snooze, length=Snooze.MORNING), lambda _: texts.snoozed_toast()),
    "ask": (services.ask_accountant, _asked),
}
USELESS: dict[type[Exception], Callable[[], str]] = {
    services.AskedAlready: texts.asked_already_toast,
    services.NothingToPutOff: texts.last_alert_toast,
    NoWorkingTime: texts.no_hours_toast,
}


def on_press(update: Update) -> None:
    """Carry out the press if the person may, and answer it with a toast either way (ALR-04, SEC-11)."""
    query = update.callback_query
    if query is None:
        return
    now = timezone.now()
    staff = User.objects.filter(telegram_id=query.from_user.id, is_active=True).first()
    _answer(query, staff, _outcome(query, staff, now), now)


def _outcome(query: CallbackQuery, staff: User | None, now: datetime) -> str:
    press = read_press(query.data or "")
    if press is None or press[0] not in ACTIONS or not Request.objects.filter(pk=press[1]).exists():
        return texts.stale_button_toast()
    action, toast = ACTIONS[press[0]]
    request_id = press[1]
    if staff is None:
        services.record_refusal(request_id, actor=None, now=now, note=f"Telegram {query.from_user.id}")
        return texts.refusal_toast()
    try:
        request = action(request_id, actor=staff, now=now)
    except services.NotAllowed:
        services.record_refusal(request_id, actor=staff, now=now)
        return texts.refusal_toast()
    except tuple(USELESS) as error:
        return USELESS[type(error)]()
    except services.RequestAlreadyClosed:
        return texts.ended_toast(Request.objects.get(pk=request_id).get_state_display())
    return toast(request)


def _answer(query: CallbackQuery, staff: User | None, text: str, now: datetime) -> None:
    if staff is not None:
        queue_button_answer(staff, audience=Audience.STAFF, query_id=query.id, text=text)
        return
    chat = _chat_of(query, now)
    audience = Audience.TEAM_CHAT if chat.is_team else Audience.CLIENT
    queue_button_answer(chat, audience=audience, query_id=query.id, text=text)


def _chat_of(query: CallbackQuery, now: datetime) -> Chat:
    person = query.from_user
    pressed_in = query.message.chat if query.message else None
    incoming = (
        IncomingChat(
            pressed_in.id, pressed_in.type, pressed_in.title or person.full_name, pressed_in.username or ""
        )
        if pressed_in
        else IncomingChat(person.id, Chat.Kind.PRIVATE, person.full_name)
    )
    return register_chat(incoming, now=now)[0]
