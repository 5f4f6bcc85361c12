"""Buttons under a message, and the signed data that a press brings back (SEC-11)."""

import base64
import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

MAX_DATA_BYTES = 64
SIGNATURE_BYTES = 12
SALT = "bot.keyboards.press"
PRESS = re.compile(r"([a-z][a-z0-9_]*):(\d{1,19}):([\w-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button: it brings `data` back when pressed, or opens `url`."""

    text: str
    data: str = ""
    url: str = ""


Keyboard = tuple[tuple[Button, ...], ...]
Menu = tuple[tuple[str, ...], ...]  # texts that are sent when pressed


def press(action: str, object_id: int) -> str:
    """Sign what a button does to which row: callback data of at most 64 bytes (SEC-11).

    The signature says that the button is ours, not that the person may press it. Raises ValueError for an
    action that is too long or no plain word.
    """
    body = f"{action}:{object_id}"
    data = f"{body}:{_signature(body, settings.SECRET_KEY)}"
    if not PRESS.fullmatch(data) or len(data) > MAX_DATA_BYTES:
        raise ValueError(f"no callback data can be made of {body}")
    return data


def read_press(data: str) -> tuple[str, int] | None:
    """Read what a press brought: the action and the id, or None if we did not sign it (SEC-11)."""
    match = PRESS.fullmatch(data)
    if not match:
        return None
    action, object_id, signature = match.groups()
    body = f"{action}:{object_id}"
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if constant_time_compare(_signature(body, key), signature):
            return action, int(object_id)
    return None


def _signature(body: str, key: str) -> str:
    digest = salted_hmac(SALT, body, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()


def markup(keyboard: Keyboard) -> dict[str, object]:
    """Give the keyboard as the Bot API takes it: `{"inline_keyboard": …}`. Empty rows are left out."""
    rows = [[_button(button) for button in row] for row in keyboard if row]
    return {"inline_keyboard": rows}


def menu_markup(menu: Menu) -> dict[str, object]:
    """Give a keyboard that stays below the chat, as the Bot API takes it (CLI-01)."""
    rows = [[{"text": text} for text in row] for row in menu]
    return {"keyboard": rows, "resize_keyboard": True, "is_persistent": True}


def _button(button: Button) -> dict[str, str]:
    if bool(button.data) == bool(button.url):
        raise ValueError(f"the button «{button.text}» needs either data or a link")
    if button.url:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": button.data}
