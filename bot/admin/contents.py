"""What an update or a call of the Bot API says, in words; payloads may have any shape (ADM-11, SEC-10)."""

import json
import re
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bot.receiving import kind_of
from bot.rules import plain

KINDS = {
    "message": _("message"),
    "edited_message": _("edited message"),
    "callback_query": _("press of a button"),
    "inline_query": _("search in the input line"),
    "chosen_inline_result": _("choice from a search"),
    "my_chat_member": _("the bot in a chat"),
    "chat_member": _("a member of a chat"),
    "message_reaction": _("reaction"),
}
TOKEN = re.compile(r"(/(?:start|connect)(?:@\w+)?\s+)[\w-]{8,}")  # one-time links stay secret (SEC-09)
Facts = list[tuple[str, str]]


def masked(text: str) -> str:
    """Put dots for the tokens of one-time links."""
    return TOKEN.sub(r"\1•••", text)


def shown(facts: Facts, payload: Any) -> str:
    """Render the facts, and behind them everything as Telegram has it."""
    whole = masked(json.dumps(payload, ensure_ascii=False, indent=2, sort_keys=True))
    return render_to_string(
        "bot/admin/content.html", {"facts": [fact for fact in facts if fact[1]], "whole": whole}
    )


def kind_word(payload: Any) -> str:
    """Name what an update is about."""
    kind = kind_of(payload) if isinstance(payload, dict) else ""
    return str(KINDS.get(kind, _("other")))


def facts_of_update(payload: Any) -> Facts:
    """Say who sent what where."""
    body = _at(payload, kind_of(payload)) if isinstance(payload, dict) else None
    chat = _at(body, "chat") or _at(body, "message", "chat")
    text = _at(body, "text") or _at(body, "caption") or _at(body, "data") or _at(body, "query")
    return [
        (gettext("what"), kind_word(payload)),
        (gettext("who"), _name(_at(body, "from"))),
        (gettext("chat"), _text(_at(chat, "title")) or _name(chat)),
        (gettext("text"), masked(_text(text))),
    ]


def facts_of_call(payload: Any) -> Facts:
    """Say which text goes out, with which buttons."""
    rows = _at(payload, "reply_markup", "inline_keyboard")
    buttons = [_text(_at(button, "text")) for row in _list(rows) for button in _list(row)]
    return [
        (gettext("text"), plain(_text(_at(payload, "text")) or _text(_at(payload, "caption")))),
        (gettext("buttons"), " · ".join(filter(None, buttons))),
    ]


def _name(person: Any) -> str:
    names = (_text(_at(person, "first_name")), _text(_at(person, "last_name")))
    return " ".join(filter(None, names))


def _at(content: Any, *path: str) -> Any:
    for name in path:
        if not isinstance(content, dict):
            return None
        content = content.get(name)
    return content


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
