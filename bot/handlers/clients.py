"""Messages and edits in the chats of the clients."""

from datetime import datetime

from django.utils import timezone
from telegram import Message as TelegramMessage
from telegram import Update

from bot import comments
from bot.handlers import private
from bot.handlers.chats import note_members, tell_of_new_chat
from bot.handlers.faq import offer_answer
from bot.hours import tell_hours
from bot.incoming import read
from bot.models import OutgoingMessage
from bot.outbox import queue_deletion
from bot.receipts import take_file
from buhbot.models import Chat, User
from sla import services


def on_message(update: Update) -> None:
    """Hand a message to the request engine (REQ-01); a frequent question gets its answer, a file its receipt."""
    now = timezone.now()
    if _is_only_a_comment(update, now):
        return
    if _is_private(update.message):
        private.on_client_message(update)
        return
    intake = hear(update, now)
    if intake is not None and intake.message is not None:
        offer_answer(intake.message, now=now)
        tell_hours(intake.message, intake.request, intake.preferences, now=now)


def _is_only_a_comment(update: Update, now: datetime) -> bool:
    """Keep the comment on a vote; whether the message is that and nothing else (SUR-07)."""
    return update.message is not None and comments.take(read(update.message), now=now)


def hear(update: Update, now: datetime) -> services.Intake | None:
    """Return what became of the message; a file of its own is noted too (FIL-01)."""
    if update.message is None:
        return None
    incoming = read(update.message)
    intake = services.register_message(incoming, now=now)
    tell_of_new_chat(intake.chat, is_new=intake.is_new_chat)
    note_members(update.message)
    if intake.message is not None:
        take_file(incoming, intake.message, now=now)
    return intake


def on_edit(update: Update) -> None:
    """Hand an edit to the request engine (REQ-05)."""
    if update.edited_message is not None:
        comments.follow_edit(read(update.edited_message), now=timezone.now())
    if _is_private(update.edited_message):
        private.on_edit(update)
        return
    if update.edited_message is not None:
        now, incoming = timezone.now(), read(update.edited_message)
        intake = services.register_edit(incoming, now=now)
        tell_of_new_chat(intake.chat, is_new=intake.is_new_chat)
        if intake.message is not None:
            take_file(incoming, intake.message, now=now)
            tell_hours(intake.message, intake.request, intake.preferences, now=now)


def on_unanswered(update: Update) -> None:
    """Keep and count what somebody says whom the bot does not answer now; presses have no words (BOT-06).

    Commands of staff do not stay in a client's chat even so.
    """
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    now = timezone.now()
    if _is_only_a_comment(update, now):
        return
    is_staff = User.objects.filter(telegram_id=person.id, is_active=True).exists()
    if message.chat.type == Chat.Kind.PRIVATE:
        if not is_staff:
            private.hear_quietly(update)
        return
    heard = hear(update, now)
    if heard is not None and heard.message is not None and is_staff:
        audience = OutgoingMessage.Audience.CLIENT
        queue_deletion(heard.chat, audience=audience, message_id=message.message_id, said_in=message.chat.id)


def _is_private(message: TelegramMessage | None) -> bool:
    return message is not None and message.chat.type == Chat.Kind.PRIVATE
