"""The order of a service: its fields asked for one after another, until it opens a request (CLI-04).

Where a dialogue stands is a row, so that it survives any restart.
"""

from datetime import datetime

from django.utils import timezone
from telegram import Message, Update
from telegram.ext import filters

from bot.handlers.clients import hear, on_message
from bot.handlers.ordering import open_request
from bot.handlers.places import Place, place_of
from bot.handlers.presses import known_chat, message_pressed, staff_who_pressed, toast
from bot.keyboards import Button, press, read_press
from bot.models import OutgoingMessage
from bot.outbox import queue_edit
from bot.texts import ordering as texts
from buhbot.models import Chat
from sla.services import ChatNotWatched
from templates_app.models import Service, ServiceOrder
from templates_app.services.ordering import (
    AnswerEmpty,
    AnswerTooLong,
    answer_order,
    asked_order,
    cancel_order,
    start_order,
)

PRESS = r"^service_cancel:"
State = ServiceOrder.State


def begin(update: Update, place: Place, service: Service, *, now: datetime) -> str:
    """Ask for the first field, or order at once where nothing is asked for; return the toast."""
    order, is_new = start_order(
        service,
        chat=place.chat,
        said_in=place.said_in,
        topic_id=place.topic_id,
        person_id=place.person_id,
        now=now,
    )
    if order.state == State.ORDERED:
        number, is_fresh = _finish(update, place, order, now)
        return texts.accepted_toast(number) if is_fresh else texts.accepted_already_toast(number)
    if not is_new:
        return texts.asking_already_toast()
    _ask(place, order)
    return texts.question_toast()


def _ask(place: Place, order: ServiceOrder, remark: str = "") -> None:
    text = texts.question(order, is_private=place.is_private)
    keyboard = ((Button(texts.cancel_button(), press("service_cancel", order.pk)),),)
    place.say(f"{remark}\n\n{text}" if remark else text, keyboard=keyboard, subject=_subject(order))


def _subject(order: ServiceOrder) -> str:
    return f"service-order:{order.pk}"


def _finish(update: Update, place: Place, order: ServiceOrder, now: datetime) -> tuple[int, bool]:
    """Open the request of an order that is complete, and confirm it with its number."""
    name = texts.service_wish(order.service.name)
    text = texts.order_for_staff(order)
    request, is_new = open_request(place, update, name=name, text=text, now=now, since=order.started_at)
    if is_new:
        place.say(texts.accepted(name, request.pk))
    return request.pk, is_new


def on_answer(update: Update) -> None:
    """Take a client's answer to our question; in a group it is a message of the chat as well (REQ-01)."""
    message = update.message
    now = timezone.now()
    order = _asked(message, now) if message else None
    if message is None or order is None:
        return
    if not _is_private(message):
        hear(update, now)
    place = place_of(update, order.chat)
    try:
        answer_order(order, message.text or "", now=now)
    except AnswerEmpty:
        if _is_private(message):
            on_message(update)  # a file or voice is for the accountant, whatever was asked (CLI-10, FIL-01)
        _ask(place, order, texts.text_only())
    except AnswerTooLong:
        _ask(place, order, texts.too_long())
    else:
        _go_on(update, place, order, now)


def _go_on(update: Update, place: Place, order: ServiceOrder, now: datetime) -> None:
    if order.state == State.ASKING:
        _ask(place, order)
        return
    try:
        _finish(update, place, order, now)
    except ChatNotWatched:
        place.say(texts.nowhere())


class _IsAnswer(filters.MessageFilter):
    """What a client says to our question: anything in private, a reply to the question in a group."""

    def filter(self, message: Message) -> bool:
        return _asked(message, timezone.now()) is not None


IS_ANSWER = ~filters.COMMAND & _IsAnswer()


def _asked(message: Message, now: datetime) -> ServiceOrder | None:
    """Return the order that the message answers a question of."""
    if message.from_user is None or message.sender_chat is not None:
        return None
    if not _is_private(message) and message.reply_to_message is None:
        return None
    chat = known_chat(message.chat.id)
    order = asked_order(chat, message.from_user.id, now=now) if chat else None
    return order if order and (_is_private(message) or _is_reply(message, order)) else None


def _is_private(message: Message) -> bool:
    return message.chat.type == Chat.Kind.PRIVATE


def _is_reply(message: Message, order: ServiceOrder) -> bool:
    replied = message.reply_to_message.message_id if message.reply_to_message else 0
    asked = OutgoingMessage.objects.filter(subject=_subject(order), chat=order.said_in_id)
    return asked.filter(telegram_message_id=replied).exists()


def on_cancel(update: Update) -> None:
    """Give an order up, by the person who began it (SEC-11)."""
    query = update.callback_query
    pressed = read_press(query.data or "") if query else None
    chat = known_chat(query.message.chat.id) if query and query.message else None
    if query is None or chat is None:
        return
    order = ServiceOrder.objects.filter(pk=pressed[1] if pressed else 0, said_in=chat).first()
    if staff_who_pressed(query) is not None:
        toast(query, texts.for_clients_toast())
    elif order is not None and order.person_id != query.from_user.id:
        toast(query, texts.not_yours_toast())
    elif order is None or not cancel_order(order):
        toast(query, texts.over_toast())
    else:
        toast(query, texts.cancelled_toast())
        shown = message_pressed(query, chat)
        if shown is not None and not chat.is_team:
            queue_edit(shown, text=texts.cancelled(), dedupe_key=None)
