"""Messages and edits in the chats of the clients."""

from django.utils import timezone
from telegram import Update

from bot.handlers.chats import tell_of_new_chat
from bot.incoming import read
from buhbot.models import Chat, User
from sla import services


def on_message(update: Update) -> None:
    """Hand a message to the request engine (REQ-01)."""
    if update.message is not None:
        intake = services.register_message(read(update.message), now=timezone.now())
        tell_of_new_chat(intake.chat, is_new=intake.is_new_chat)


def on_edit(update: Update) -> None:
    """Hand an edit to the request engine (REQ-05)."""
    if update.edited_message is not None:
        intake = services.register_edit(read(update.edited_message), now=timezone.now())
        tell_of_new_chat(intake.chat, is_new=intake.is_new_chat)


def on_unanswered(update: Update) -> None:
    """Keep and count what somebody says whom the bot does not answer now; presses have no words (BOT-06)."""
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    is_staff = User.objects.filter(telegram_id=person.id, is_active=True).exists()
    if message.chat.type != Chat.Kind.PRIVATE or not is_staff:
        on_message(update)
