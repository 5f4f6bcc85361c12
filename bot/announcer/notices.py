"""From a request to the facts and buttons of the messages about it."""

from datetime import datetime

from django.utils.translation import gettext as _

from bot.keyboards import Button, Keyboard, press
from bot.texts import alerts as texts
from bot.texts.words import admin_link, message_link
from buhbot.models import Chat, User
from sla.models import Alert, AlertKind, Request
from sla.selectors import SERVING_ROLES, numbers


def text_of(request: Request, alert: Alert | None, *, now: datetime) -> str:
    """Write what a message that told of this alert of the request says now."""
    return texts.alert(_facts(request, alert, now), now=now)


def _facts(request: Request, alert: Alert | None, now: datetime) -> texts.Facts:
    measured = numbers(request, now=now)
    return texts.Facts(
        number=request.pk,
        level=alert.level if alert else 0,
        is_nudge=alert is not None and alert.kind == AlertKind.NUDGE,
        paused_at=request.paused_at,
        snoozed_until=request.snoozed_until,
        snoozed_by=str(request.snoozed_by) if request.snoozed_by else "",
        state=request.state,
        client=str(request.chat),
        chat_title=request.chat.title,
        topic_id=request.topic_id,
        accountants=", ".join(person["name"] for person in request.on_duty),
        text=request.text or request.opened_by.get_kind_display(),
        opened_at=request.opened_at,
        due_at=request.due_at,
        waited=measured.waited,
        over=measured.over,
        left=measured.left,
        taken_by=str(request.acknowledged_by) if request.acknowledged_by else "",
        closed_at=request.closed_at,
        closed_by=_who_closed(request),
        close_reason=request.get_close_reason_display(),
        was_late=request.is_late,
        is_breached=request.breached_at is not None,
    )


def _who_closed(request: Request) -> str:
    if request.closed_by is not None:
        return str(request.closed_by)
    return _("anonymous administrator") if request.state == Request.State.ANSWERED else ""


def link_to(request: Request) -> str:
    """Return where the request's first message is read: in Telegram, else in Admin (ALR-03)."""
    opened = request.opened_by
    return message_link(
        chat_id=opened.telegram_chat_id,
        username="" if request.chat.kind == Chat.Kind.PRIVATE else request.chat.username,
        message_id=opened.telegram_message_id,
        topic_id=request.topic_id,
    ) or admin_link(f"sla/request/{request.pk}/change/")


def keyboard_of(request: Request, to: Chat | User) -> Keyboard:
    """Return the buttons that make sense now for who gets the message (ALR-04, ALR-05)."""
    link = link_to(request)
    rows: list[tuple[Button, ...]] = [(Button(texts.open_chat_button(), url=link),)] if link else []
    if request.is_open:
        resolve = Button(texts.resolve_button(), press("resolve", request.pk))
        take = Button(texts.take_button(), press("take", request.pk))
        rows.append((resolve,) if request.acknowledged_by_id else (take, resolve))
        rows += _later(request, to)
    return tuple(rows)


def _later(request: Request, to: Chat | User) -> list[tuple[Button, ...]]:
    """Of a breached request: put the next alert off; managers, and the team chat, may have the accountant asked."""
    if request.breached_at is None:
        return []
    rows = [tuple(Button(text, press(key, request.pk)) for key, text in texts.snooze_buttons().items())]
    if isinstance(to, Chat) or to.role in SERVING_ROLES:
        rows.append((Button(texts.ask_button(), press("ask", request.pk)),))
    return rows
