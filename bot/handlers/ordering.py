"""Quick buttons: one press opens a request of the kind; the menu of a group (CLI-08)."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from telegram import Update

from bot.handlers.choosing import for_chosen_chat
from bot.handlers.commands import take_command, tell_refusal
from bot.handlers.places import Place, for_clients, place_of
from bot.handlers.presses import known_chat, toast
from bot.keyboards import Button, Keyboard, press, read_press
from bot.relay import pass_on
from bot.texts import ordering as texts
from bot.texts import orders
from bot.texts import private as private_texts
from buhbot.models import Chat, Message
from sla import services
from sla.models import Request
from templates_app.models import QuickButton
from templates_app.selectors import quick_buttons

PRESS = r"^quick_order:"
IN_A_ROW = 2


def on_group_menu(update: Update) -> None:
    """Show the menu in a client's chat, whoever asks; a command of staff goes away there (CLI-08)."""
    command = take_command(update)
    chat = known_chat(update.message.chat.id) if update.message else None
    is_for_clients = chat is not None and chat.is_watched and not chat.is_team
    if chat is not None and is_for_clients:
        place = place_of(update, chat)
        shown = place if command is None else replace(place, reply_to=None)
        shown.say(texts.group_menu(), keyboard=(*quick_keyboard(), *_rest_of_menu()))
    elif command is not None:
        tell_refusal(command, orders.not_watched())


def quick_keyboard() -> Keyboard:
    """The quick buttons that are enabled, two in a row."""
    row = [Button(one.label, press("quick_order", one.pk)) for one in quick_buttons()]
    return tuple(tuple(row[start : start + IN_A_ROW]) for start in range(0, len(row), IN_A_ROW))


def _rest_of_menu() -> Keyboard:
    return (
        (
            Button(texts.files_button(), press("menu_files", 0)),
            Button(texts.services_button(), press("menu_services", 0)),
        ),
        (Button(private_texts.contact_button(), press("menu_contact", 0)),),
    )


def tell_quick_buttons(update: Update, chat: Chat) -> None:
    """Show the quick buttons in private."""
    keyboard = quick_keyboard()
    text = texts.choose_quick(str(chat)) if keyboard else texts.no_quick()
    place_of(update, chat).say(text, keyboard=keyboard)


def order_quickly(update: Update, chat: Chat) -> None:
    """Open a request of the button's kind, once."""
    query = update.callback_query
    if query is None:
        return
    pressed = read_press(query.data or "")
    button = QuickButton.objects.filter(pk=pressed[1] if pressed else 0, is_enabled=True).first()
    if button is None:
        toast(query, texts.gone_toast())
        return
    place, text = place_of(update, chat), texts.wish(button.wish)
    request, is_new = open_request(place, update, name=button.wish, text=text, now=timezone.now())
    if is_new:
        place.say(texts.accepted(button.wish, request.pk))
    say = texts.accepted_toast if is_new else texts.accepted_already_toast
    toast(query, say(request.pk))


def open_request(
    place: Place, update: Update, *, name: str, text: str, now: datetime, since: datetime | None = None
) -> tuple[Request, bool]:
    """Let what a client ordered open a request, or join the open one; say whether it is new.

    `since` is when the client began to answer questions about it.
    """
    wish = services.Wish(
        name=name,
        text=text,
        number=-update.update_id,
        person_id=place.person_id,
        person_name=place.person_name,
        topic_id=place.topic_id,
        is_private=place.is_private,
        since=since,
    )
    request, is_new = services.order(place.chat, wish, now=now)
    if is_new and place.is_private:
        message = Message.objects.select_related("chat").get(chat=place.chat, telegram_message_id=wish.number)
        pass_on(message, now=now)
    return request, is_new


on_button = for_chosen_chat(tell_quick_buttons)
on_press = for_clients(order_quickly)
