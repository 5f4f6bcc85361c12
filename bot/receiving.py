"""Pure reading of what Telegram posts: is it an update, which lane is it in, can Postgres keep it (BOT-01, BOT-03)."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

MAX_BIGINT = 2**63 - 1
MAX_DIGITS = 100
NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
LANES = (("chat", "id"), ("message", "chat", "id"), ("voter_chat", "id"), ("from", "id"), ("user", "id"))
NO_LANE = 0
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
    "chat_member",
    "message_reaction",
)


class NotAnUpdate(ValueError):
    """The body is not a JSON object with an integer `update_id`."""


@dataclass(frozen=True, slots=True)
class ReceivedUpdate:
    """An update as it is kept. `lane` is the chat it speaks of, else the person, else 0; `payload` is JSON."""

    update_id: int
    lane: int
    payload: str


def read_update(body: bytes) -> ReceivedUpdate:
    """Read a posted body (BOT-01). What jsonb refuses is replaced: NUL, half a surrogate pair, NaN, endless digits.

    Raises NotAnUpdate.
    """
    try:
        content = json.loads(body, parse_constant=_nothing, parse_int=_integer, parse_float=_finite)
        text = json.dumps(content, ensure_ascii=False)
    except (ValueError, RecursionError):
        raise NotAnUpdate from None
    if not isinstance(content, dict) or not _is_bigint(content.get("update_id")):
        raise NotAnUpdate
    storable = NUL.sub("\\1\ufffd", text).encode("utf-8", "replace").decode()
    return ReceivedUpdate(content["update_id"], lane(content), storable)


def lane(update: dict[str, Any]) -> int:
    """Name the lane whose updates keep their order: the chat, else the person, else 0 (BOT-03)."""
    for content in update.values():
        for path in LANES:
            found = _at(content, path)
            if _is_bigint(found):
                return int(found)
    return NO_LANE


def kind_of(update: dict[str, Any]) -> str:
    """Name what the update is about: message, callback_query…"""
    return next((name for name in update if name != "update_id"), "empty")


def _at(content: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(content, dict):
            return None
        content = content.get(name)
    return content


def _is_bigint(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < MAX_BIGINT


def _nothing(_word: str) -> None:
    """Take NaN and Infinity for null."""


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= MAX_DIGITS else None


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None
