"""Telegram's limits on sending: overall, per private chat and per group."""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass, field


@dataclass
class Limits:
    """`take` counts one message, or says for how many seconds to wait."""

    is_enabled: bool = True
    per_second: int = 30
    private_per_second: float = 1.0
    private_burst: int = 3
    group_per_minute: int = 20
    refused: Counter[str] = field(default_factory=Counter)
    _recent: deque[float] = field(default_factory=deque)
    _private: dict[int, tuple[float, float]] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)

    def take(self, chat_id: int, *, is_private: bool, now: float) -> int:
        """Return 0 and count the message, or the whole seconds of `retry_after` and count nothing."""
        if not self.is_enabled:
            return 0
        wait = self._overall_wait(now)
        scope = "overall"
        if not wait:
            scope = "private" if is_private else "group"
            wait = self._private_wait(chat_id, now) if is_private else self._group_wait(chat_id, now)
        if wait:
            self.refused[scope] += 1
            return max(1, math.ceil(wait))
        self._recent.append(now)
        return 0

    def forget(self) -> None:
        """Start with empty windows and counts."""
        self.refused.clear()
        self._recent.clear()
        self._private.clear()
        self._groups.clear()

    def _overall_wait(self, now: float) -> float:
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        return self._recent[0] + 1 - now if len(self._recent) >= self.per_second else 0

    def _private_wait(self, chat_id: int, now: float) -> float:
        tokens, since = self._private.get(chat_id, (float(self.private_burst), now))
        tokens = min(self.private_burst, tokens + (now - since) * self.private_per_second)
        if tokens < 1:
            return (1 - tokens) / self.private_per_second
        self._private[chat_id] = (tokens - 1, now)
        return 0

    def _group_wait(self, chat_id: int, now: float) -> float:
        window = self._groups.setdefault(chat_id, deque())
        while window and window[0] <= now - 60:
            window.popleft()
        if len(window) >= self.group_per_minute:
            return window[0] + 60 - now
        window.append(now)
        return 0
