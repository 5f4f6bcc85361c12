"""A client asks for the accountant: by the keyboard in private, by the menu in the group (CLI-03)."""

from django.utils import timezone
from telegram import Update

from bot.handlers.choosing import for_chosen_chat
from bot.handlers.places import for_clients, place_of
from bot.handlers.presses import toast
from bot.incoming import read
from bot.relay import request_of
from bot.texts import choosing as choosing_texts
from bot.texts import private as texts
from buhbot.models import Chat, Message
from buhbot.rules import IncomingChat, IncomingMessage, IncomingPerson
from sla import services

PRESS = r"^menu_contact:"


def ask_for_accountant(update: Update, chat: Chat) -> None:
    """Open a request because the client asks for the accountant, who is told at once (CLI-03)."""
    incoming = read(update.message) if update.message else _pressed(update, chat)
    place = place_of(update, chat)
    try:
        message = services.call_accountant(incoming, chat=chat, wish=texts.wish(), now=timezone.now())
    except services.CalledAlready:
        told, is_new = texts.called_already(), False
    except services.ChatNotWatched:
        told, is_new = choosing_texts.no_chat(), True
    else:
        if message is None:
            return
        request = request_of(message)
        told, is_new = texts.called(chat, request.pk if request else None), True
    if update.callback_query is not None:
        toast(update.callback_query, "" if is_new else told)
    if is_new or update.callback_query is None:
        place.say(told)


def _pressed(update: Update, chat: Chat) -> IncomingMessage:
    """Read a press of the menu as the words on the button, said now; it has no message of its own."""
    person = update.effective_user
    if person is None:
        raise TypeError("somebody presses a button")
    place = place_of(update, chat)
    return IncomingMessage(
        chat=IncomingChat(place.said_in.telegram_id, place.said_in.kind, place.said_in.title, ""),
        message_id=-update.update_id,
        sent_at=timezone.now().replace(microsecond=0),
        kind=Message.Kind.TEXT,
        person=IncomingPerson(person.id, person.full_name, is_bot=person.is_bot),
        text=texts.contact_button(),
        topic_id=place.topic_id,
    )


on_button = for_chosen_chat(ask_for_accountant)
on_press = for_clients(ask_for_accountant)
