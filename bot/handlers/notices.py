"""`/notify` in private: what the person is told of, with a button for each switch (STF-06)."""

from django.utils import timezone
from telegram import CallbackQuery, Update

from bot.handlers import alerts
from bot.handlers.clients import on_message
from bot.handlers.staff import staff_behind
from bot.keyboards import Button, Keyboard, press, read_press
from bot.models import OutgoingMessage
from bot.outbox import queue_button_answer, queue_edit, queue_message
from bot.texts import notices as texts
from buhbot.models import AuditEntry, Notice, Role, User
from buhbot.services.audit import record
from buhbot.services.notices import NoticeLocked, set_notice
from buhbot.services.people import mark_person_reachable

Audience = OutgoingMessage.Audience
PRESS = r"^notice_(on|off)_"


def on_notify(update: Update) -> None:
    """Show the switches; what a client writes goes the way of all."""
    staff = staff_behind(update.effective_user) if update.effective_user else None
    if update.message is None or staff is None:
        on_message(update)
        return
    mark_person_reachable(staff)
    if staff.role == Role.OBSERVER:
        queue_message(staff, audience=Audience.STAFF, text=texts.nothing_for_observers())
        return
    queue_message(staff, audience=Audience.STAFF, text=texts.switches(staff), keyboard=_keyboard(staff))


def _keyboard(staff: User) -> Keyboard:
    """A button for each switch that the person may change; it says which way, so that a replay changes nothing."""
    return tuple(
        (Button(texts.button(notice, wants=staff.wants(notice)), press(_action(staff, notice), staff.pk)),)
        for notice in Notice
        if notice not in staff.locked_notices
    )


def _action(staff: User, notice: Notice) -> str:
    return f"notice_{'off' if staff.wants(notice) else 'on'}_{notice.value}"


def on_press(update: Update) -> None:
    """Switch, for oneself only (SEC-11)."""
    query = update.callback_query
    staff = staff_behind(query.from_user) if query else None
    if query is None or staff is None:
        alerts.on_press(update)
        return
    pressed = read_press(query.data or "")
    if pressed is None or pressed[1] != staff.pk:
        toast = texts.foreign_toast()
    else:
        toast = _switch(staff, pressed[0])
        _refresh(query, staff)
    queue_button_answer(staff, audience=Audience.STAFF, query_id=query.id, text=toast)


def _switch(staff: User, action: str) -> str:
    _word, way, notice = action.split("_", 2)
    try:
        set_notice(staff, notice, wants=way == "on", by=staff)
    except NoticeLocked:
        return texts.locked_toast()
    note = texts.audited(Notice(notice), wants=way == "on")
    record(AuditEntry.Kind.DONE, actor=staff, about=staff, note=note, now=timezone.now())
    return texts.switched_toast()


def _refresh(query: CallbackQuery, staff: User) -> None:
    """Let the message under which the button was say how the switches stand now."""
    staff.refresh_from_db()
    shown = OutgoingMessage.objects.filter(
        recipient=staff,
        method=OutgoingMessage.Method.SEND,
        telegram_message_id=query.message.message_id if query.message else 0,
    ).first()
    if shown is not None:
        queue_edit(shown, text=texts.switches(staff), keyboard=_keyboard(staff), dedupe_key=None)
