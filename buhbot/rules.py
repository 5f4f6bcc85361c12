"""Pure facts and decisions of the ground floor: what a message is, who speaks, how hours are written."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

HourEnd = time | Literal["24:00"]
Hours = tuple[tuple[HourEnd, HourEnd], ...]

INTERVAL = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")


DAY = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4})"
)
AROUND_DAYS = frozenset({"-", "–", "—", "по", "с"})
JOINED_DAYS = re.compile(r"(?<=\d)[–—](?=\d)|(?<=\.\d{4})-(?=\d)")


class BadDays(ValueError):
    """The text does not begin with a date, or goes on with one that does not exist."""


class BadHours(ValueError):
    """The text is not a list of intervals such as «09:00-13:00, 14:00-18:00»."""


@dataclass(frozen=True, slots=True)
class IncomingChat:
    """The chat that an update speaks of, as Telegram describes it."""

    telegram_id: int
    kind: str
    title: str
    username: str = ""


@dataclass(frozen=True, slots=True)
class IncomingPerson:
    """A Telegram account. People are known by id, never by name."""

    telegram_id: int
    name: str
    username: str = ""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message as it came from Telegram; times are Telegram's, aware, UTC. `topic_id` 0 means no topic."""

    chat: IncomingChat
    message_id: int
    sent_at: datetime
    kind: str
    person: IncomingPerson | None
    sender_chat_id: int | None = None
    sender_chat_title: str = ""
    text: str = ""
    topic_id: int = 0
    reply_to_message_id: int | None = None
    edited_at: datetime | None = None
    media_group_id: str = ""
    file_id: str = ""
    file_unique_id: str = ""
    file_name: str = ""
    file_size: int | None = None
    mime_type: str = ""
    is_command: bool = False


def speaker(message: IncomingMessage, *, is_staff: bool) -> str:
    """Say who speaks: staff, bot, anonymous_admin, ignored or client (REQ-02)."""
    if message.kind == "service":
        return "ignored"
    if message.sender_chat_id is not None:
        is_chat_itself = message.sender_chat_id == message.chat.telegram_id and message.chat.kind != "channel"
        return "anonymous_admin" if is_chat_itself else "ignored"
    if message.person is None:
        return "ignored"
    if message.person.is_bot:
        return "bot"
    return "staff" if is_staff else "client"


def parse_hours(text: str) -> Hours:
    """Read «09:00-13:00, 14:00-18:00»; empty means no hours. An end of 24:00 is legal (WT-01).

    Raises BadHours for anything else.
    """
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    return tuple(_interval(part) for part in parts)


def _interval(text: str) -> tuple[HourEnd, HourEnd]:
    match = INTERVAL.fullmatch(text)
    if not match:
        raise BadHours(text)
    opens, opens_minute, closes, closes_minute = map(int, match.groups())
    return _end(opens, opens_minute, text), _end(closes, closes_minute, text)


def _end(hour: int, minute: int, text: str) -> HourEnd:
    if (hour, minute) == (24, 0):
        return "24:00"
    if hour > 23 or minute > 59:
        raise BadHours(text)
    return time(hour, minute)


def read_days(text: str) -> tuple[date, date, str]:
    """Read «2026-12-01 2026-12-14 @name»: first day, last day, and what follows (STF-03).

    Dates may be written as 01.12.2026 too, with a dash or «по» between them and «с» before; one date means one day.
    Raises BadDays.
    """
    words = [word for word in JOINED_DAYS.sub(" ", text).split() if word.lower() not in AROUND_DAYS]
    dates: list[date] = []
    while words and len(dates) < 2 and words[0][0].isdigit():
        dates.append(_day(words.pop(0).rstrip(",")))
    if not dates or (words and words[0][0].isdigit()):
        raise BadDays(text)
    return dates[0], dates[-1], " ".join(words)


def _day(word: str) -> date:
    match = DAY.fullmatch(word)
    if not match:
        raise BadDays(word)
    year, month, day = (int(match[name] or match[f"{name}2"]) for name in "ymd")
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDays(word) from None
