"""Faults that a test orders: errors, storms of 429, answers that never come, lines that break."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

AFTER = "_after"
MODES = frozenset(
    {"http500", "http502html", "429", "timeout", "drop", "half", "timeout_after", "drop_after", "half_after"}
)


class UnknownMode(Exception):
    """The fault asked for is none of MODES."""


@dataclass
class Fault:
    """One order. `seconds`: how long it holds; `count`: how many calls it hits; both None: until cleared.

    Modes that end in `_after` let the call take effect first and spoil only the answer.
    """

    mode: str
    methods: list[str] | None = None
    chat_ids: list[int] | None = None
    probability: float = 1.0
    seconds: float | None = None
    count: int | None = None
    retry_after: int = 1
    hang_seconds: float = 60.0
    until: float | None = None
    hits: int = 0

    def matches(self, method: str, chat_id: object, now: float) -> bool:
        if self.until is not None and now >= self.until:
            return False
        if self.count is not None and self.hits >= self.count:
            return False
        if self.methods is not None and method.lower() not in {name.lower() for name in self.methods}:
            return False
        if self.chat_ids is not None and str(chat_id) not in {str(known) for known in self.chat_ids}:
            return False
        return self.probability >= 1 or random.random() < self.probability  # noqa: S311


@dataclass
class Faults:
    latency_ms: float = 0
    orders: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault, now: float) -> Fault:
        if fault.mode not in MODES:
            raise UnknownMode(f"mode must be one of {', '.join(sorted(MODES))}")
        if fault.seconds is not None:
            fault.until = now + fault.seconds
        self.orders.append(fault)
        return fault

    def pick(self, method: str, chat_id: object, now: float) -> Fault | None:
        for fault in self.orders:
            if fault.matches(method, chat_id, now):
                fault.hits += 1
                return fault
        return None

    def clear(self) -> None:
        self.orders.clear()
        self.latency_ms = 0
