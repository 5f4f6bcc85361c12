"""Count the figures the slow way: replay the events of every request in plain Python, and look at each."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Any

from buhbot.services.calendars import work_calendar
from buhbot.worktime import WorkCalendar
from sla.figures import Period, Score
from sla.models import Request

ENDS = {
    "answered": "answered",
    "answer_moved": "answered",
    "resolved": "resolved",
    "cancelled": "cancelled",
    "faq_answered": "faq",
}
ZERO = timedelta()


@dataclass
class Fact:
    """What the events say of a request, and what follows by the calendar that it keeps."""

    request: Request
    calendar: WorkCalendar
    opened_at: datetime
    how: str = ""
    ended_at: datetime | None = None
    by: int | None = None
    marks: list[tuple[datetime, str]] = field(default_factory=list)

    def stood(self, now: datetime) -> Iterator[tuple[datetime, datetime, bool]]:
        """When the clock stood still, and whether it does so still."""
        since, end = None, self.ended_at or now
        for at, kind in sorted(self.marks, key=lambda mark: mark[0]):
            if kind == "paused" and since is None:
                since = at
            elif kind == "resumed" and since is not None:
                yield min(since, end), min(at, end), False
                since = None
        if since is not None:
            yield min(since, end), end, self.ended_at is None

    def paused(self, now: datetime) -> timedelta:
        """Working time paused, a pause that still lasts left out."""
        return sum((self.calendar.elapsed(a, b) for a, b, lasts in self.stood(now) if not lasts), ZERO)

    def clock(self, now: datetime) -> datetime:
        return next((since for since, _, lasts in self.stood(now) if lasts), self.ended_at or now)

    def due(self, now: datetime) -> datetime:
        target = timedelta(minutes=self.request.target_minutes)
        return self.calendar.deadline(self.opened_at, target + self.paused(now))

    def waited(self, now: datetime) -> timedelta:
        return self.calendar.elapsed(self.opened_at, self.clock(now)) - self.paused(now)

    def verdict(self, now: datetime) -> str:
        due = self.due(now)
        if self.how == "faq":
            return "by_faq"
        if self.ended_at:
            return "in_time" if self.ended_at <= due else "late"
        return "overdue" if due <= self.clock(now) else "waiting"

    def over(self, now: datetime) -> timedelta:
        return self.calendar.elapsed(self.due(now), self.clock(now))

    def owner(self, now: datetime) -> int | None:
        on_duty = self.request.on_duty[0]["id"] if self.request.on_duty else None
        first, second = (self.by, on_duty) if self.verdict(now) == "in_time" else (on_duty, self.by)
        return second if first is None else first


def facts() -> list[Fact]:
    return [_replay(request) for request in Request.objects.select_related("chat__tier", "calendar_version")]


def _replay(request: Request) -> Fact:
    fact = Fact(request, work_calendar(request.calendar_version), request.opened_at)
    for event in request.events.order_by("pk"):
        if event.kind in {"opened", "opening_moved"}:
            fact.opened_at = event.at
        elif event.kind in ENDS:
            fact.how, fact.ended_at, fact.by = ENDS[event.kind], event.at, event.actor_id
        elif event.kind == "reopened":
            fact.how, fact.ended_at, fact.by = "", None, None
        elif event.kind in {"paused", "resumed"}:
            fact.marks.append((event.at, event.kind))
    return fact


def of_period(found: Iterable[Fact], period: Period) -> list[Fact]:
    return [f for f in found if f.how != "cancelled" and period.since <= f.opened_at < period.until]


def score(found: Iterable[Fact], now: datetime) -> Score:
    found = list(found)
    verdicts = Counter(fact.verdict(now) for fact in found)
    ways = Counter(fact.how for fact in found)
    times = sorted(int(f.waited(now).total_seconds()) for f in found if f.how == "answered")
    return Score(
        opened=len(found),
        in_time=verdicts["in_time"],
        missed=verdicts["late"] + verdicts["overdue"],
        overdue=verdicts["overdue"],
        answered=ways["answered"],
        resolved=ways["resolved"],
        by_faq=verdicts["by_faq"],
        median=timedelta(seconds=median(times)) if times else None,
        p90=timedelta(seconds=times[math.ceil(len(times) * 9 / 10) - 1]) if times else None,
        mean=timedelta(seconds=fmean(times)) if times else None,
    )


def grouped(found: Iterable[Fact], key: Callable[[Fact], Any], now: datetime) -> dict[Any, Score]:
    groups: dict[Any, list[Fact]] = defaultdict(list)
    for fact in found:
        groups[key(fact)].append(fact)
    return {name: score(group, now) for name, group in groups.items()}
