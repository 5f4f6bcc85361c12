"""Where a client presses or writes, and of which client's chat it is meant (CLI-02, CLI-04, CLI-08)."""

import json
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update

from bot.handlers.choosing import Handler, Order, for_chosen_chat, private_chat_of
from bot.handlers.presses import known_chat, staff_who_pressed, toast
from bot.incoming import read
from bot.keyboards import Keyboard, read_press
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import alerts
from bot.texts import ordering as texts
from buhbot.models import Chat
from buhbot.selectors import chats_of_client, chosen_chat

Audience = OutgoingMessage.Audience


@dataclass(frozen=True, slots=True)
class Place:
    """A client at work: `chat` is the one whose accountants are meant, `said_in` the one where we talk.

    They are the same in a group. `reply_to` is the message there that we answer.
    """

    chat: Chat
    said_in: Chat
    person_id: int
    person_name: str
    topic_id: int = 0
    reply_to: int | None = None

    @property
    def is_private(self) -> bool:
        """Whether the client talks to the bot alone."""
        return self.said_in.kind == Chat.Kind.PRIVATE

    def say(self, text: str, *, keyboard: Keyboard = (), subject: str = "") -> None:
        """Queue a message to the client there."""
        queue_message(
            self.said_in,
            audience=Audience.CLIENT,
            text=text,
            keyboard=keyboard,
            subject=subject,
            topic_id=self.topic_id,
            reply_to_message_id=self.reply_to,
        )


def place_of(update: Update, chat: Chat) -> Place:
    """Return where the client of the chat wrote or pressed; in a group we answer what is written as a reply."""
    person, message = update.effective_user, update.effective_message
    if person is None or update.effective_chat is None:
        raise TypeError("only what a person does has a place")
    if update.effective_chat.type == Chat.Kind.PRIVATE:
        return Place(chat, private_chat_of(person), person.id, person.full_name)
    topic = read(message).topic_id if isinstance(message, Message) else 0
    reply_to = update.message.message_id if update.message else None
    return Place(chat, chat, person.id, person.full_name, topic, reply_to)


def for_clients(order: Order) -> Handler:
    """Make a handler of a button for clients, of the chat that is meant (CLI-05); others read why not (SEC-11)."""
    handler = for_chosen_chat(order)

    def guarded(update: Update) -> None:
        query = update.callback_query
        if query is None:
            return
        if read_press(query.data or "") is None:
            toast(query, alerts.stale_button_toast())
        elif staff_who_pressed(query) is not None:
            toast(query, texts.for_clients_toast())
        elif not _is_open_to_clients(query):
            toast(query, texts.nowhere())
        else:
            handler(update if _is_clear(query) else _answered(update))

    return guarded


def _is_clear(query: CallbackQuery) -> bool:
    """Whether it is known which chat is meant; else the client is asked, and the press goes on later (CLI-05)."""
    if query.message is None or query.message.chat.type != Chat.Kind.PRIVATE:
        return True
    return chosen_chat(query.from_user.id, chats_of_client(query.from_user.id)) is not None


def _answered(update: Update) -> Update:
    """Answer a press at once, without a word; what goes on with it finds no query to answer."""
    if update.callback_query is not None:
        toast(update.callback_query, "")
    content = json.loads(update.to_json())
    content["callback_query"]["id"] = ""
    return Update.de_json(content, None)


def _is_open_to_clients(query: CallbackQuery) -> bool:
    chat = known_chat(query.message.chat.id) if query.message else None
    if chat is None or chat.is_team:
        return False
    return chat.kind == Chat.Kind.PRIVATE or chat.is_watched
