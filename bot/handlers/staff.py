"""Private chats: linking by one-time link, help, and who one is (STF-01)."""

from datetime import datetime

from django.utils import timezone
from telegram import Message, Update
from telegram import User as TelegramUser

from bot.handlers.clients import on_message
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import people as texts
from buhbot.models import Chat, User
from buhbot.rules import IncomingChat
from buhbot.services import people
from buhbot.services.chats import register_chat

Audience = OutgoingMessage.Audience


def on_start(update: Update) -> None:
    """Greet; with a token, link the person's Telegram account first (STF-01)."""
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    now = timezone.now()
    token = (message.text or "").partition(" ")[2].strip()
    text = _link(token, person, now) if token else _greeting(person)
    _reply(message, person, text, now)


def on_help(update: Update) -> None:
    """Say what the bot can do."""
    message, person = update.message, update.effective_user
    if message is not None and person is not None:
        text = texts.help_staff() if _staff(person) else texts.greeting_client()
        _reply(message, person, text, timezone.now())


def on_whoami(update: Update) -> None:
    """Say who the person is to the bot."""
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    staff = _staff(person)
    text = texts.whoami(str(staff), staff.get_role_display(), staff.email) if staff else texts.whoami_client()
    _reply(message, person, text, timezone.now())


def on_private_message(update: Update) -> None:
    """A client's private message goes the way of every message; staff get a reminder of what the bot can do."""
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    staff = _staff(person)
    if staff is None:
        on_message(update)
        return
    people.mark_person_reachable(staff)
    _reply(message, person, texts.help_staff(), timezone.now())


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
    return texts.linked(str(user), user.get_role_display())


def _greeting(person: TelegramUser) -> str:
    staff = _staff(person)
    if staff is None:
        return texts.greeting_client()
    people.mark_person_reachable(staff)
    return texts.greeting_staff(str(staff))


def _staff(person: TelegramUser) -> User | None:
    return User.objects.filter(telegram_id=person.id, is_active=True).first()


def _reply(message: Message, person: TelegramUser, text: str, now: datetime) -> None:
    staff = _staff(person)
    if staff is not None:
        queue_message(staff, audience=Audience.STAFF, text=text)
        return
    chat, _ = register_chat(
        IncomingChat(message.chat.id, Chat.Kind.PRIVATE, person.full_name, person.username or ""), now=now
    )
    queue_message(chat, audience=Audience.CLIENT, text=text)
