"""Surveys: the private ballot behind a link, and the button that asks for no more (SUR-05, SUR-11)."""

from datetime import datetime

from django.utils import timezone
from telegram import Update
from telegram import User as TelegramUser

from bot.ballots import LINK, STOP, rating_keyboard, read_token
from bot.handlers.presses import staff_who_pressed, toast
from bot.handlers.staff import staff_behind
from bot.keyboards import Keyboard, read_press
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import alerts
from bot.texts import surveys as texts
from buhbot.models import Chat
from buhbot.rules import IncomingChat
from buhbot.services.chats import register_chat
from buhbot.services.clients import opt_out_of_surveys
from feedback.models import Delivery

Audience = OutgoingMessage.Audience
START = rf"^/start(@\w+)? {LINK}-"
STOP_PRESS = rf"^{STOP}:"


def on_private_ballot(update: Update) -> None:
    """Ask in private whoever followed the link of a survey; staff do not vote (SUR-05, SUR-06)."""
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    staff = staff_behind(person)
    if staff is not None:
        queue_message(staff, audience=Audience.STAFF, text=texts.for_clients())
        return
    token = (message.text or "").split()[1]
    text, keyboard = _ballot(token, timezone.now())
    queue_message(
        _private_chat(message.chat.id, person), audience=Audience.CLIENT, text=text, keyboard=keyboard
    )


def _ballot(token: str, now: datetime) -> tuple[str, Keyboard]:
    key = read_token(token)
    delivery = Delivery.objects.select_related("survey", "chat").filter(pk=key).first() if key else None
    if delivery is None:
        return texts.unknown(), ()
    if not delivery.survey.is_open(now):
        return texts.over(), ()
    return texts.private_question(delivery), rating_keyboard(delivery)


def _private_chat(chat_id: int, person: TelegramUser) -> Chat:
    incoming = IncomingChat(chat_id, Chat.Kind.PRIVATE, person.full_name, person.username or "")
    return register_chat(incoming, now=timezone.now())[0]


def on_stop_press(update: Update) -> None:
    """Send the person who pressed no more surveys; the chat sees nothing of it (SUR-11)."""
    query = update.callback_query
    if query is None:
        return
    if read_press(query.data or "") is None:
        toast(query, alerts.stale_button_toast())
    elif staff_who_pressed(query) is not None:
        toast(query, texts.for_clients())
    elif opt_out_of_surveys(query.from_user.id, name=query.from_user.full_name, now=timezone.now()):
        toast(query, texts.stopped_toast())
    else:
        toast(query, texts.stopped_already_toast())
