"""`/diagnose` in a group: note who asks; the answer needs Telegram, and comes from `bot/diagnosing.py` (CHT-05)."""

from django.utils import timezone
from telegram import Update

from bot.handlers.chats import tell_of_new_chat
from bot.handlers.clients import on_message
from bot.handlers.commands import commander
from bot.handlers.staff import staff_behind
from bot.incoming import read
from bot.models import Diagnosis, OutgoingMessage
from bot.outbox import queue_deletion, queue_message
from bot.texts import diagnoses as texts
from bot.texts import orders
from buhbot.models import Chat, Role, User
from buhbot.rules import IncomingMessage
from buhbot.selectors import visible_chats
from sla import services

Audience = OutgoingMessage.Audience


def on_diagnose(update: Update) -> None:
    """Log the command, take it out of the chat, and have the question answered."""
    if update.message is None:
        return
    now = timezone.now()
    incoming = read(update.message)
    intake = services.register_message(incoming, now=now)
    tell_of_new_chat(intake.chat, is_new=intake.is_new_chat)
    staff = commander(incoming)
    if intake.chat.is_team or _hides_elsewhere(incoming):
        return
    if staff is not None:
        queue_deletion(
            intake.chat,
            audience=Audience.CLIENT,
            message_id=incoming.message_id,
            said_in=incoming.chat.telegram_id,
        )
    if staff is not None and not _may_see(staff, intake.chat):
        queue_message(staff, audience=Audience.STAFF, text=_refusal(incoming, intake.chat))
        return
    person = incoming.person if incoming.sender_chat_id is None else None
    Diagnosis.objects.create(
        chat=intake.chat, staff=staff, telegram_id=person.telegram_id if person else None, asked_at=now
    )


def _hides_elsewhere(incoming: IncomingMessage) -> bool:
    """Whether a channel speaks; the group itself stands for one of its administrators."""
    return incoming.sender_chat_id not in {None, incoming.chat.telegram_id}


def _may_see(staff: User, chat: Chat) -> bool:
    return staff.role != Role.OBSERVER and visible_chats(staff).filter(pk=chat.pk).exists()


def _refusal(incoming: IncomingMessage, chat: Chat) -> str:
    return orders.refused(incoming.text.split()[0], str(chat), orders.not_allowed())


def on_diagnose_in_private(update: Update) -> None:
    """Say where the command belongs; what a client writes goes the way of all."""
    staff = staff_behind(update.effective_user) if update.effective_user else None
    if staff is None:
        on_message(update)
        return
    queue_message(staff, audience=Audience.STAFF, text=texts.in_private())
