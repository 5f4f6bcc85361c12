"""Private chats: linking by one-time link, help, who one is (STF-01), why a request is due when it is (ADM-03)."""

import re
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from telegram import Message, Update
from telegram import User as TelegramUser

from bot.handlers.clients import on_message
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import people as texts
from bot.texts import requests
from buhbot.models import AuditEntry, Chat, User
from buhbot.rules import IncomingChat
from buhbot.services import people
from buhbot.services.audit import Change, record
from buhbot.services.chats import register_chat
from sla.explain import explain
from sla.models import Request
from sla.selectors import visible_requests

Audience = OutgoingMessage.Audience
NUMBER = re.compile(r"\d{1,18}")


def on_start(update: Update) -> None:
    """Greet staff; with a token, link the person's Telegram account first (STF-01)."""
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    now = timezone.now()
    token = (message.text or "").partition(" ")[2].strip()
    staff = staff_behind(person)
    if token:
        _reply(message, person, _link(token, person, now), now)
    elif staff is not None:
        people.mark_person_reachable(staff)
        _reply(message, person, texts.greeting_staff(str(staff), staff.role), now)


def on_help(update: Update) -> None:
    """Tell staff what the bot can do."""
    message, person = update.message, update.effective_user
    staff = staff_behind(person) if person else None
    if message is not None and person is not None and staff is not None:
        _reply(message, person, texts.help_staff(staff.role), timezone.now())


def on_whoami(update: Update) -> None:
    """Say who the person is to the bot."""
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    staff = staff_behind(person)
    if staff:
        role = staff.get_role_display()
        text = texts.whoami(str(staff), role, staff.email, version=settings.VERSION)
    else:
        text = texts.whoami_client()
    _reply(message, person, text, timezone.now())


def on_why(update: Update) -> None:
    """Explain the due time of a request, named by its number or by a reply to its alert (ADM-03).

    What a client writes goes the way of all.
    """
    message, person = update.message, update.effective_user
    staff = staff_behind(person) if person else None
    if message is None or person is None or staff is None:
        on_message(update)
        return
    request = asked_about(message, staff)
    text = (
        requests.why(str(request), str(request.chat), explain(request))
        if request
        else no_answer(message, usage=requests.why_usage())
    )
    _reply(message, person, text, timezone.now())


def asked_about(message: Message, staff: User) -> Request | None:
    """Return the request that is meant, if the person may see it (RBAC-02)."""
    visible = visible_requests(staff).select_related("chat", "calendar_version")
    if number := _number(message):
        return visible.filter(pk=number).first()
    if message.reply_to_message is None:
        return None
    told = OutgoingMessage.objects.filter(
        recipient=staff, telegram_message_id=message.reply_to_message.message_id
    )
    meant = visible.filter(pk__in=told.values("alerts__request"))[:2]
    return meant[0] if len(meant) == 1 else None  # a list is about several


def no_answer(message: Message, *, usage: str) -> str:
    """Say that the request that is meant is not there, or how to name one."""
    is_asked = _number(message) or message.reply_to_message is not None
    return requests.no_such_request() if is_asked else usage


def _number(message: Message) -> int | None:
    found = NUMBER.search((message.text or "").partition(" ")[2])
    return int(found[0]) if found else None


def on_private_message(update: Update) -> None:
    """A client's private message goes the way of every message; staff get a reminder of what the bot can do."""
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    staff = staff_behind(person)
    if staff is None:
        on_message(update)
        return
    people.mark_person_reachable(staff)
    _reply(message, person, texts.help_staff(staff.role), timezone.now())


def _link(token: str, person: TelegramUser, now: datetime) -> str:
    try:
        user = people.link_staff(token, telegram_id=person.id, username=person.username or "", now=now)
    except people.LinkUnknown:
        return texts.link_unknown()
    except people.LinkUsed:
        return texts.link_used()
    except people.LinkExpired:
        return texts.link_expired()
    except people.TelegramAccountTaken:
        return texts.account_taken()
    linked = [Change(texts.audited_account(), "—", str(person.id))]
    record(AuditEntry.Kind.DONE, actor=user, about=user, note=texts.audited_link(), changes=linked, now=now)
    return texts.linked(str(user), user.get_role_display())


def staff_behind(person: TelegramUser) -> User | None:
    """Return who of the firm the Telegram account belongs to."""
    return User.objects.filter(telegram_id=person.id, is_active=True).first()


def _reply(message: Message, person: TelegramUser, text: str, now: datetime) -> None:
    staff = staff_behind(person)
    if staff is not None:
        queue_message(staff, audience=Audience.STAFF, text=text)
        return
    chat, _ = register_chat(
        IncomingChat(message.chat.id, Chat.Kind.PRIVATE, person.full_name, person.username or ""), now=now
    )
    queue_message(chat, audience=Audience.CLIENT, text=text)
