"""Messages and edits in the chats of the clients."""

from django.utils import timezone
from telegram import Update

from bot.handlers.chats import tell_of_new_chat
from bot.handlers.faq import offer_answer
from bot.incoming import read
from bot.receipts import take_file
from sla import services


def on_message(update: Update) -> None:
    """Hand a message to the request engine (REQ-01); a frequent question gets its answer, a file its receipt."""
    if update.message is not None:
        now = timezone.now()
        incoming = read(update.message)
        intake = services.register_message(incoming, now=now)
        tell_of_new_chat(intake.chat, is_new=intake.is_new_chat)
        if intake.message is not None:
            offer_answer(intake.message, now=now)
            take_file(incoming, intake.message, now=now)


def on_edit(update: Update) -> None:
    """Hand an edit to the request engine (REQ-05)."""
    if update.edited_message is not None:
        now, incoming = timezone.now(), read(update.edited_message)
        intake = services.register_edit(incoming, now=now)
        tell_of_new_chat(intake.chat, is_new=intake.is_new_chat)
        if intake.message is not None:
            take_file(incoming, intake.message, now=now)
