"""Which chat a client means in private: asked once, remembered, changed by /chat (CLI-05)."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps

from django.utils import timezone
from telegram import Update
from telegram import User as Person

from bot.keyboards import Button, Keyboard, press, read_press
from bot.models import OutgoingMessage, WaitingOrder
from bot.outbox import queue_button_answer, queue_edit, queue_message
from bot.texts import alerts
from bot.texts import choosing as texts
from buhbot.models import Chat, User
from buhbot.rules import IncomingChat
from buhbot.selectors import chats_of_client, chosen_chat
from buhbot.services.chats import register_chat
from buhbot.services.clients import choose_chat

Audience = OutgoingMessage.Audience
Handler = Callable[[Update], None]
Order = Callable[[Update, Chat], None]

CHOOSE = "chat_choose"
PRESS = rf"^{CHOOSE}:"
MOST_BUTTONS = 90  # Telegram shows a hundred
TITLE = 60
ASK_AGAIN = timedelta(minutes=5)  # so soon nobody is asked twice, however much they write

ORDERS: dict[str, Order] = {}


def for_chosen_chat(order: Order) -> Handler:
    """Make a handler of what is done for a client's chat: for the one that is meant, or after asking which (CLI-05).

    In a group that group is meant. In private a client of several is asked, and what they wrote or pressed goes on by
    itself when they choose. Who has no chat reads what to do.
    """
    name = order.__name__
    ORDERS[name] = order

    @wraps(order)
    def handler(update: Update) -> None:
        person, place = update.effective_user, update.effective_chat
        if person is None or place is None:
            return
        if place.type != Chat.Kind.PRIVATE:
            _in_group(order, update, place.id)
            return
        among = chats_of_client(person.id)
        chat = chosen_chat(person.id, among)
        if chat is not None:
            order(update, chat)
        elif among:
            _ask_first(name, update, person, among)
        else:
            queue_message(private_chat_of(person), audience=Audience.CLIENT, text=texts.no_chat())

    return handler


def _in_group(order: Order, update: Update, telegram_id: int) -> None:
    chat = Chat.objects.filter(telegram_id=telegram_id).first()
    if chat is not None and chat.is_watched:
        order(update, chat)


def _ask_first(name: str, update: Update, person: Person, among: Sequence[Chat]) -> None:
    """Keep what was written or pressed until the client has said which chat is meant."""
    waiting = WaitingOrder.objects.filter(
        telegram_id=person.id, received_at__gt=timezone.now() - ASK_AGAIN
    ).exists()
    _keep(name, update, person)
    if not waiting:
        _ask(person, texts.which_chat(), among)


def keep_for_later(handler: Handler, update: Update) -> None:
    """Keep what was written without asking; it goes on when the client chooses a chat next (BOT-06)."""
    if update.effective_user is not None:
        _keep(handler.__name__, update, update.effective_user)


def _keep(name: str, update: Update, person: Person) -> None:
    WaitingOrder.objects.create(telegram_id=person.id, order=name, content=json.loads(update.to_json()))


def _ask(person: Person, text: str, among: Sequence[Chat]) -> None:
    queue_message(private_chat_of(person), audience=Audience.CLIENT, text=text, keyboard=_keyboard(among))


def _keyboard(among: Sequence[Chat]) -> Keyboard:
    return tuple(
        (Button(texts.title_of(chat)[:TITLE], press(CHOOSE, chat.pk)),) for chat in among[:MOST_BUTTONS]
    )


def on_which_chat(update: Update) -> None:
    """Say which chat is meant in private, and let a client of several choose another (CLI-05)."""
    person = update.effective_user
    if person is None:
        return
    among = chats_of_client(person.id)
    chat = chosen_chat(person.id, among)
    if len(among) > 1:
        _ask(person, texts.choose_another(chat) if chat else texts.which_chat(), among)
        return
    text = texts.only_chat(chat) if chat else texts.no_chat()
    queue_message(private_chat_of(person), audience=Audience.CLIENT, text=text)


def on_press(update: Update) -> None:
    """Remember the chosen chat, and go on with what the client wrote or pressed before (CLI-05, SEC-11)."""
    query = update.callback_query
    if query is None:
        return
    person, pressed = query.from_user, read_press(query.data or "")
    staff = User.objects.filter(telegram_id=person.id, is_active=True).first()
    if staff is not None:
        text = alerts.stale_button_toast()
        queue_button_answer(staff, audience=Audience.STAFF, query_id=query.id, text=text)
        return
    mine = {chat.pk: chat for chat in chats_of_client(person.id)}
    chat = mine.get(pressed[1]) if pressed else None
    place = private_chat_of(person)
    if chat is None:
        text = texts.not_yours_toast() if pressed else alerts.stale_button_toast()
        queue_button_answer(place, audience=Audience.CLIENT, query_id=query.id, text=text)
        return
    choose_chat(person.id, chat, now=timezone.now())
    queue_button_answer(place, audience=Audience.CLIENT, query_id=query.id, text=texts.chosen_toast(chat))
    _say_what_is_chosen(place, query.message.message_id if query.message else 0, chat)
    _go_on(person, chat)


def _say_what_is_chosen(place: Chat, message_id: int, chat: Chat) -> None:
    asked = OutgoingMessage.objects.filter(
        chat=place, telegram_message_id=message_id, method=OutgoingMessage.Method.SEND
    ).first()
    if asked is not None:
        queue_edit(asked, text=texts.chosen(chat), dedupe_key=None)


def go_on_by_itself(waiting: Sequence[WaitingOrder]) -> None:
    """Do what a client did not assign for the chat that they wrote in last, and tell them which it was (CLI-10).

    It is no choice of theirs, so it is not remembered; who has no chat any more reads what to do.
    """
    first = Update.de_json(waiting[0].content, None)
    if first.effective_user is None:
        return
    chat = next(iter(chats_of_client(first.effective_user.id)), None)
    text = texts.went_to(chat) if chat else texts.no_chat()
    queue_message(private_chat_of(first.effective_user), audience=Audience.CLIENT, text=text)
    _do(waiting, chat)


def _go_on(person: Person, chat: Chat) -> None:
    rows = WaitingOrder.objects.select_for_update().filter(telegram_id=person.id)
    _do(list(rows.order_by("pk")), chat)


def _do(waiting: Sequence[WaitingOrder], chat: Chat | None) -> None:
    for row in waiting:
        order = ORDERS.get(row.order)
        if order is not None and chat is not None:
            order(Update.de_json(row.content, None), chat)
        row.delete()


def private_chat_of(person: Person) -> Chat:
    """Return the person's private chat with the bot, as an address."""
    incoming = IncomingChat(person.id, Chat.Kind.PRIVATE, person.full_name, person.username or "")
    return register_chat(incoming, now=timezone.now())[0]
