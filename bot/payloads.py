"""What a call of the Bot API says, as Telegram takes it (OUT-07)."""

from bot.keyboards import Keyboard, markup
from bot.models import OutgoingMessage
from bot.rules import MAX_TEXT, shorten, unturned

MAX_CAPTION = 1024
Payload = dict[str, object]


def said(text: str, keyboard: Keyboard) -> Payload:
    """A text of Telegram HTML, cut to what a message may hold, with its buttons."""
    payload: Payload = {
        "text": shorten(unturned(text), limit=MAX_TEXT),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    return payload | _buttons(keyboard)


def caption(text: str, keyboard: Keyboard) -> Payload:
    """The same below a file that is copied."""
    payload: Payload = {"caption": shorten(unturned(text), limit=MAX_CAPTION), "parse_mode": "HTML"}
    return payload | _buttons(keyboard)


def said_by(message: OutgoingMessage, text: str, keyboard: Keyboard) -> Payload:
    """What a message of its kind says: a copy has a caption instead of a text."""
    return (caption if message.method == OutgoingMessage.Method.COPY else said)(text, keyboard)


def in_reply_to(message_id: int | None) -> Payload:
    """What makes it a reply; it is sent without one when the message is gone. A press, below zero, has no message."""
    if message_id is None or message_id <= 0:
        return {}
    return {"reply_parameters": {"message_id": message_id, "allow_sending_without_reply": True}}


def _buttons(keyboard: Keyboard) -> Payload:
    return {"reply_markup": markup(keyboard)} if keyboard else {}
