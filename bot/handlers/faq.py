"""Answers to frequent questions, and what the client says of them (FAQ-03, ANS-05)."""

from datetime import datetime

from django.utils import timezone
from telegram import CallbackQuery, Update

from bot.handlers.presses import staff_who_pressed, toast
from bot.keyboards import Button, Keyboard, press, read_press
from bot.models import OutgoingMessage
from bot.outbox import queue_edit, queue_message
from bot.texts import alerts
from bot.texts import faq as texts
from buhbot.models import Message
from buhbot.selectors import place_of
from sla import services
from sla.models import Label
from templates_app.models import FaqAnswer
from templates_app.selectors import helped_messages
from templates_app.services.faq import answer_question, react

Audience = OutgoingMessage.Audience
Verdict = FaqAnswer.Verdict
PRESS = r"^faq_"
VERDICTS = {"faq_helped": Verdict.HELPED, "faq_person": Verdict.NOT_HELPED}
ASKING = {Label.REQUEST, Label.CLARIFICATION}


def offer_answer(message: Message, *, now: datetime) -> None:
    """Reply to a client's question that is a frequent one; the request stays open (FAQ-03, ANS-05)."""
    if (message.sender, message.kind) != (Message.Sender.CLIENT, Message.Kind.TEXT):
        return
    label = message.classification.label if hasattr(message, "classification") else ""
    if label not in ASKING:
        return
    given = answer_question(message, is_request=label == Label.REQUEST, now=now)
    if given is not None:
        queue_message(
            place_of(message),
            audience=Audience.CLIENT,
            text=texts.answer(given.item.answer),
            keyboard=_keyboard(given),
            reply_to_message_id=message.telegram_message_id,
            topic_id=message.topic_id,
            subject=_subject(given),
        )


def _keyboard(given: FaqAnswer) -> Keyboard:
    return (
        (
            Button(texts.helped_button(), press("faq_helped", given.pk)),
            Button(texts.accountant_button(), press("faq_person", given.pk)),
        ),
    )


def _subject(given: FaqAnswer) -> str:
    return f"faq:{given.pk}"


def on_press(update: Update) -> None:
    """Take the client's word on an answer, once; staff and other chats are told that it is not theirs (SEC-11)."""
    query = update.callback_query
    if query is None:
        return
    pressed = read_press(query.data or "")
    given = _given(query, pressed[1]) if pressed else None
    if pressed is None or given is None:
        toast(query, alerts.stale_button_toast())
        return
    toast(query, _react(query, given, VERDICTS[pressed[0]], timezone.now()))


def _given(query: CallbackQuery, answer_id: int) -> FaqAnswer | None:
    """Return the answer under which the button stands: in its own chat only, while that is a client's."""
    given = FaqAnswer.objects.select_related("item", "chat", "message").filter(pk=answer_id).first()
    pressed_in = query.message.chat.id if query.message else None
    if given is None or pressed_in is None or given.chat.is_team:
        return None
    if given.message.private_with is not None:
        return given if pressed_in == given.message.private_with else None
    return given if pressed_in in {given.chat.telegram_id, given.chat.former_telegram_id} else None


def _react(query: CallbackQuery, given: FaqAnswer, verdict: Verdict, now: datetime) -> str:
    """Note the client's word and say what to tell them."""
    if staff_who_pressed(query) is not None:
        return texts.for_clients_toast()
    if not react(given, verdict):
        return texts.pressed_already_toast()
    _take_buttons_away(given)
    if verdict == Verdict.NOT_HELPED:
        return texts.accountant_toast()
    services.end_by_faq(given.message, question=given.item.question, helped=helped_messages(given), now=now)
    is_waiting = given.message.request_messages.filter(request__closed_at=None).exists()
    return texts.goes_on_toast() if is_waiting else texts.helped_toast()


def _take_buttons_away(given: FaqAnswer) -> None:
    sent = OutgoingMessage.objects.filter(subject=_subject(given), method=OutgoingMessage.Method.SEND).first()
    if sent is not None:
        queue_edit(sent, text=str(sent.payload["text"]), dedupe_key=f"faq-pressed:{given.pk}")
