"""What would have become of a request under other terms: its course, played again by the engine's rules (ADM-06).

Pure. Mirrors `sla/services/timers.py` and `pausing.py` fact for fact, as if ticks had never been late; the tests hold
both together over random courses.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from buhbot.worktime import NoWorkingTime
from sla.rules import FIRST_LEVEL, NEVER, Arithmetic, first_instants

NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy says (ALR-01)."""

    target_minutes: int
    warning_percent: int
    escalation_minutes: int
    max_level: int
    acknowledge_minutes: int


class Did(StrEnum):
    """What people did that moves alerts."""

    TOOK = "took"
    SNOOZED = "snoozed"
    PAUSED = "paused"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done at an instant; a snooze holds `until`."""

    at: datetime
    did: Did
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """How a request went: everything but its terms. Without an end it is open; `paused_seconds` are working time."""

    opened_at: datetime
    ended_at: datetime | None
    paused_at: datetime | None
    paused_seconds: int
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether it is in time (None: too early to say), and how many alerts it gave: a warning, then one each level."""

    is_in_time: bool | None
    alerts: int


QUICK = Outcome(is_in_time=True, alerts=0)


def replay(course: Course, several: Iterable[Terms], calendar: Arithmetic, *, now: datetime) -> list[Outcome]:
    """Play the course under each of several terms; what does not depend on them is measured once."""
    end = course.ended_at or now
    waited = calendar.elapsed(course.opened_at, end) - timedelta(seconds=course.paused_seconds)
    return [_outcome(course, terms, calendar, waited, now) for terms in several]


def _outcome(course: Course, terms: Terms, calendar: Arithmetic, waited: timedelta, now: datetime) -> Outcome:
    if course.ended_at is not None and waited < _first_alert(terms):
        return QUICK
    end = course.ended_at or now
    player = _Player(terms, calendar, course.opened_at)
    for act in course.acts:
        if act.at <= end:
            player.take(act)
    player.fire_until(end, is_end=course.ended_at is not None)
    return Outcome(_is_in_time(course, player.target, waited, calendar, now), player.level + player.is_warned)


@lru_cache(maxsize=1024)
def _first_alert(terms: Terms) -> timedelta:
    """The working time after which anything happens at all."""
    target = timedelta(minutes=terms.target_minutes)
    return target * terms.warning_percent / 100 if terms.warning_percent else target


def _is_in_time(
    course: Course, target: timedelta, waited: timedelta, calendar: Arithmetic, now: datetime
) -> bool | None:
    """Judge as `sla/figures/terms.py` does: the instants alone decide (principle 8).

    Of one that has ended the working time says the same; only where it is the target exactly, the instant is needed.
    """
    if course.ended_at is not None and waited != target:
        return waited < target
    due_at = NEVER
    with suppress(NoWorkingTime):
        due_at = calendar.deadline(course.opened_at, target + timedelta(seconds=course.paused_seconds))
    if course.ended_at is not None:
        return course.ended_at <= due_at
    return False if due_at <= (course.paused_at or now) else None


@dataclass(slots=True)
class _Player:
    """The clock of one request."""

    terms: Terms
    calendar: Arithmetic
    opened_at: datetime
    is_warned: bool = False
    level: int = 0
    warn_at: datetime | None = None
    due_at: datetime = field(init=False)
    next_at: datetime | None = None
    told_at: datetime | None = None
    taken_at: datetime | None = None
    snoozed_until: datetime | None = None
    paused_at: datetime | None = None
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def target(self) -> timedelta:
        return timedelta(minutes=self.terms.target_minutes)

    def __post_init__(self) -> None:
        self._set_instants()

    def take(self, act: Act) -> None:
        """Let time pass up to the act, and let it take effect."""
        self.fire_until(act.at)
        if act.did == Did.PAUSED:
            self.paused_at = self.paused_at or act.at
            return
        if act.did == Did.RESUMED:
            self._resume(act.at)
        elif act.did == Did.TOOK:
            self.taken_at = act.at
        else:
            self.snoozed_until = act.until
        if self.level:
            self._set_next(self.told_at or self.due_at)

    def fire_until(self, at: datetime, *, is_end: bool = False) -> None:
        """Fire what falls due up to the instant; at an end, what falls due with it does not count (ANS-04)."""
        while self.paused_at is None:
            instant = self._pending()
            if instant is None or instant > at or (is_end and instant == at):
                return
            self._fire(instant)

    def _pending(self) -> datetime | None:
        if self.level:
            return self.next_at
        warn_at = None if self.is_warned else self.warn_at
        return min(warn_at, self.due_at) if warn_at else self.due_at

    def _fire(self, instant: datetime) -> None:
        if self.level or instant >= self.due_at:
            self.level = self.level + 1 if self.level else FIRST_LEVEL
            self.told_at = instant
            self._set_next(instant)
        else:
            self.is_warned = True

    def _resume(self, at: datetime) -> None:
        if self.paused_at is not None:
            self.pauses.append((self.paused_at, at))
            self.paused_at = None
            self._set_instants()

    def _set_instants(self) -> None:
        self.warn_at, self.due_at = None, NEVER
        with suppress(NoWorkingTime):
            self.warn_at, self.due_at = first_instants(
                self.calendar,
                opened_at=self.opened_at,
                target=self.target,
                warning_percent=self.terms.warning_percent,
                paused=self._paused_since(self.opened_at),
            )

    def _set_next(self, after: datetime) -> None:
        """As `set_next_escalation` does (ALR-01, ALR-04, ALR-05, TIM-08)."""
        self.next_at = None
        if self.level >= self.terms.max_level:
            return
        waits = [(after, timedelta(minutes=self.terms.escalation_minutes) + self._paused_since(after))]
        if self.taken_at is not None and self.terms.acknowledge_minutes:
            waits.append((self.taken_at, timedelta(minutes=self.terms.acknowledge_minutes)))
        with suppress(NoWorkingTime):
            ends = [self.calendar.deadline(start, wait) for start, wait in waits]
            self.next_at = max(*ends, self.snoozed_until or after)

    def _paused_since(self, after: datetime) -> timedelta:
        spans: Iterable[tuple[datetime, datetime]] = self.pauses
        return sum((self.calendar.elapsed(max(start, after), end) for start, end in spans), NOTHING)
