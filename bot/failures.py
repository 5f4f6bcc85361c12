"""What an error of the Bot API means for the message that met it, sorted in one place (OUT-04)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.models import SAYING, OutgoingMessage

Method = OutgoingMessage.Method


class Meaning(Enum):
    """What to do about it."""

    TRY_AGAIN = auto()  # network, 5xx: later, with growing delays
    WAIT = auto()  # 429: as long as Telegram says
    MIGRATED = auto()  # the group has a new id: at once, there
    SIMPLIFY = auto()  # Telegram cannot read our HTML or buttons: at once, without them
    TOKEN_REFUSED = auto()  # no message can pass: everything waits
    UNREACHABLE = auto()  # the chat or person cannot be written to, for good
    REFUSED = auto()  # this message cannot be sent, for good
    NEEDLESS = auto()  # what was to be changed or answered is gone
    DONE = auto()  # it is as we want it already


@dataclass(frozen=True, slots=True)
class Failure:
    """An error, sorted. `retry_after` is in seconds."""

    meaning: Meaning
    reason: str
    retry_after: float = 0.0
    new_chat_id: int = 0


GONE = (
    "message to edit not found",
    "message can't be edited",
    "message to delete not found",
    "message can't be deleted",
    "message_id_invalid",
    "query is too old",
    "query id is invalid",
)
NOBODY = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "group chat was deactivated",
    "not enough rights to send",
    "have no rights to send",
    "chat_write_forbidden",
    "chat_restricted",
)
UNREADABLE = ("can't parse", "button", "reply markup", "entity")


def sort_failure(error: TelegramError, method: str) -> Failure:
    """Say what an error of a call means. BadRequest is a NetworkError to python-telegram-bot, but not to us."""
    reason = error.message or type(error).__name__
    if isinstance(error, RetryAfter):
        return Failure(Meaning.WAIT, reason, retry_after=_seconds(error.retry_after))
    if isinstance(error, ChatMigrated):
        meaning = Meaning.MIGRATED if method in SAYING else Meaning.NEEDLESS
        return Failure(meaning, reason, new_chat_id=error.new_chat_id)
    if isinstance(error, InvalidToken):
        return Failure(Meaning.TOKEN_REFUSED, reason)
    if isinstance(error, Forbidden):
        return Failure(_of_forbidden(reason.lower(), method), reason)
    if isinstance(error, BadRequest):
        return Failure(_of_bad_request(reason.lower(), method), reason)
    return Failure(Meaning.TRY_AGAIN, reason)


def _of_forbidden(words: str, method: str) -> Meaning:
    """A message that may not be deleted says nothing about whether the chat can be written to."""
    is_gone = method == Method.DELETE or _has(words, GONE)
    return Meaning.NEEDLESS if is_gone else Meaning.UNREACHABLE


def _of_bad_request(words: str, method: str) -> Meaning:
    if "message is not modified" in words:
        return Meaning.DONE
    if _has(words, GONE):
        return Meaning.REFUSED if method == Method.COPY else Meaning.NEEDLESS
    if _has(words, NOBODY):
        return Meaning.UNREACHABLE
    return Meaning.SIMPLIFY if _has(words, UNREADABLE) else Meaning.REFUSED


def _has(words: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in words for phrase in phrases)


def _seconds(given: int | timedelta) -> float:
    return given.total_seconds() if isinstance(given, timedelta) else float(given)
