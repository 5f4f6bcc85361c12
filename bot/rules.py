"""Pure decisions about sending: how long a text may be, how fast we may write, when to try again.

OUT-02, OUT-04, OUT-07. Moments are monotonic seconds that the caller passes in as `now`.
"""

import html
import random
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

MAX_TEXT = 4096
TOKEN = re.compile(r"<[^>]*>|&#?\w+;|.", re.DOTALL)
TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^>]*>")
# Embeddings, overrides and isolates; the marks that only help (U+200E, U+200F) stay.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")

RETRY_SECONDS = (2, 15, 120, 600, 2700)
JITTER = 0.2

PRIVATE_SECONDS = 1.0
GROUP_MESSAGES = 20
GROUP_SECONDS = 61.0  # Telegram counts 60 from the arrival; a slow call arrives late
MAX_PER_SECOND = 28  # Telegram's 30, less those that may follow a late start early
CATCH_UP_CALLS = 2

PATIENCE_SECONDS = 3600

FLOOD_ORDERS = 30
FLOOD_SECONDS = 60

OUTAGE_LETTERS = 3
OUTAGE_FIRST_SECONDS = 1.0
OUTAGE_MAX_SECONDS = 30.0


def shorten(text: str, *, limit: int = MAX_TEXT) -> str:
    """Cut Telegram HTML at a word to what a message may hold, with an ellipsis and all tags closed (OUT-07).

    Counted is what is seen, in UTF-16 units as Telegram does: tags are free, «&amp;» is one.
    """
    if _units(text) <= limit:
        return text
    tokens = TOKEN.findall(text)
    if width(text) <= limit:
        return text
    kept = tokens[: _cut(tokens, limit - 1)]
    closing = "".join(f"</{name}>" for name in reversed(_open_tags(kept)))
    return "".join(kept).rstrip() + "…" + closing


def width(text: str) -> int:
    """Count what is seen of Telegram HTML, in UTF-16 units as Telegram does (OUT-07)."""
    return sum(map(_width, TOKEN.findall(text)))


def unturned(text: str) -> str:
    """Take out what turns the direction of writing: a name could turn the words of a message round (SEC-10)."""
    return TURNING.sub("", text)


def plain(text: str) -> str:
    """Take the tags out of Telegram HTML."""
    return html.unescape(re.sub(TAG, "", text))


def _cut(tokens: list[str], room: int) -> int:
    """Give the number of tokens to keep: up to the last blank, or as many as fit into one long word."""
    used, blank, used_at_blank = 0, 0, 0
    for position, token in enumerate(tokens):
        if token.isspace():
            blank, used_at_blank = position, used
        used += _width(token)
        if used > room:
            return blank if used_at_blank > room // 2 else position
    return len(tokens)


def _open_tags(tokens: Iterable[str]) -> list[str]:
    names: list[str] = []
    for token in tokens:
        match = TAG.fullmatch(token)
        if match and not match[1]:
            names.append(match[2])
        elif match and names:
            names.pop()
    return names


def _width(token: str) -> int:
    if len(token) == 1:
        return _units(token)
    return 0 if token.startswith("<") else _units(html.unescape(token))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def retry_delay(attempts: int, *, jitter: float | None = None) -> float | None:
    """Say how many seconds to wait after so many failed attempts: 5 retries in about an hour, then None.

    `jitter` is a share between -0.2 and 0.2; drawn by chance when left out.
    """
    if not 1 <= attempts <= len(RETRY_SECONDS):
        return None
    share = random.uniform(-JITTER, JITTER) if jitter is None else jitter  # noqa: S311
    return RETRY_SECONDS[attempts - 1] * (1 + share)


def is_group(telegram_id: int) -> bool:
    """Say whether the id is a group's: Telegram gives people positive ids."""
    return telegram_id < 0


@dataclass
class Pace:
    """How fast we may write: overall, to a person, to a group, and where Telegram said to wait (OUT-02)."""

    per_second: float
    next_overall: float = 0.0
    all_until: float = 0.0
    private: dict[int, float] = field(default_factory=dict)
    groups: dict[int, deque[float]] = field(default_factory=dict)
    refused: dict[int, float] = field(default_factory=dict)

    @property
    def interval(self) -> float:
        """Seconds between two calls."""
        return 1 / max(1.0, min(self.per_second, MAX_PER_SECOND))

    def overall_wait(self, now: float) -> float:
        """Say for how many seconds nothing may be sent to anyone; 0 means now."""
        return max(0.0, self.next_overall - now, self.all_until - now)

    def chat_wait(self, chat_id: int, now: float) -> float:
        """Say for how many seconds nothing may be sent to this chat; 0 means now."""
        told = self.refused.get(chat_id, 0.0) - now
        if not is_group(chat_id):
            return max(0.0, told, self.private.get(chat_id, 0.0) - now)
        window = self.groups.get(chat_id)
        is_full = window is not None and len(window) >= GROUP_MESSAGES
        return max(0.0, told, window[0] + GROUP_SECONDS - now if is_full and window else 0.0)

    def take(self, chat_id: int | None, now: float) -> None:
        """Count one call; of an answer to a press only the overall rate is counted (`chat_id` None)."""
        late = now - self.next_overall
        is_catching_up = 0 < late < CATCH_UP_CALLS * self.interval  # the timer was late, we were not idle
        credit = late if is_catching_up else 0.0
        self.next_overall = now - credit + self.interval
        if chat_id is not None:
            self.count(chat_id, now)

    def count(self, chat_id: int, at: float) -> None:
        """Count a message to the chat at that moment, which may lie in the past."""
        if is_group(chat_id):
            self.groups.setdefault(chat_id, deque(maxlen=GROUP_MESSAGES)).append(at)
        else:
            self.private[chat_id] = at + PRIVATE_SECONDS

    def refuse(self, chat_id: int, retry_after: float, now: float) -> None:
        """Note a 429: the chat waits. If another one waits already, it is about us, and all wait (OUT-02)."""
        if any(until > now for chat, until in self.refused.items() if chat != chat_id):
            self.all_until = max(self.all_until, now + retry_after)
        self.refused[chat_id] = now + retry_after

    def forget(self, now: float) -> None:
        """Drop what has run out, so that memory does not grow with the number of chats."""
        self.private = {chat: until for chat, until in self.private.items() if until > now}
        self.refused = {chat: until for chat, until in self.refused.items() if until > now}
        self.groups = {chat: sent for chat, sent in self.groups.items() if sent[-1] + GROUP_SECONDS > now}


@dataclass
class Outage:
    """Whether the Bot API is away as a whole, so that one letter probes instead of all failing (FLT-04).

    It is when several different letters fail in a row with none arriving between them.
    """

    failed: set[int] = field(default_factory=set)
    wait: float = 0.0
    until: float = 0.0

    @property
    def is_on(self) -> bool:
        """Whether only one letter at a time may be tried."""
        return self.wait > 0

    def fail(self, letter: int, now: float) -> bool:
        """Note a network failure; say whether the outage begins with it."""
        self.failed.add(letter)
        if self.is_on:
            if now >= self.until:
                self._wait_longer(now)
            return False
        if len(self.failed) < OUTAGE_LETTERS:
            return False
        self._wait_longer(now)
        return True

    def stop(self, seconds: float, now: float) -> None:
        """Let nothing pass for so long, for a reason that no letter can help."""
        self.wait, self.until = max(self.wait, OUTAGE_FIRST_SECONDS), now + seconds

    def succeed(self) -> None:
        """Note that Telegram answered: there is no outage."""
        self.failed.clear()
        self.wait = self.until = 0.0

    def _wait_longer(self, now: float) -> None:
        self.wait = min(max(OUTAGE_FIRST_SECONDS, self.wait * 2), OUTAGE_MAX_SECONDS)
        self.until = now + self.wait


@dataclass
class Patience:
    """Since when letters have been failing: what is not their fault costs no attempt for an hour (OUT-04)."""

    since: dict[int, float] = field(default_factory=dict)

    def is_over(self, letter: int, now: float) -> bool:
        """Note that the letter failed; say whether it has been failing for more than an hour."""
        return now - self.since.setdefault(letter, now) > PATIENCE_SECONDS

    def forget(self, letter: int) -> None:
        """Drop a letter that has come to its end."""
        self.since.pop(letter, None)


def is_flood(orders: Iterable[float], now: float) -> bool:
    """Say whether more commands and presses came within a minute than are answered (BOT-06)."""
    return sum(now - FLOOD_SECONDS < at <= now for at in orders) > FLOOD_ORDERS
