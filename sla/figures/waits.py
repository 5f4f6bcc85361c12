"""How late requests were, and how old the open ones are: counts by steps of working time (ADM-07)."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Func, IntegerField, QuerySet, Value

from buhbot.models import CalendarVersion
from buhbot.services.calendars import work_calendar
from buhbot.worktime import WorkCalendar
from sla.figures.terms import IS_OPEN, LATE, Period, counted, overdue
from sla.models import Request
from sla.rules import over, waited

LATE_STEPS = tuple(timedelta(minutes=minutes) for minutes in (0, 15, 30, 60, 120, 240, 480))
AGE_STEPS = tuple(timedelta(hours=hours) for hours in (0, 1, 2, 4, 8, 24, 40))
CLOCK = ("opened_at", "due_at", "closed_at", "paused_at", "paused_seconds", "calendar_version_id")


@dataclass(frozen=True, slots=True)
class Late:
    """Missed requests that were over due by `since` up to `until` of working time; None: and more."""

    since: timedelta
    until: timedelta | None
    ended: int
    still_open: int


@dataclass(frozen=True, slots=True)
class Aged:
    """Open requests that have waited from `since` up to `until` of working time; None: and more."""

    since: timedelta
    until: timedelta | None
    waiting: int  # of these `overdue` are overdue
    overdue: int


def late_by(requests: QuerySet[Request], period: Period, *, now: datetime) -> list[Late]:
    """Count the missed requests of the period by how long after due they ended, or are over due now.

    Both counts together add up to `Score.missed`. What ended after due but outside working hours is late by nothing.
    """
    chosen = counted(requests, period)
    ended = _ended_late(chosen.filter(LATE))
    open_ones = _clocks(chosen.filter(overdue(now)))
    still_open = Counter(_step(LATE_STEPS, over(row, calendar, now=now)) for row, calendar in open_ones)
    return [
        Late(since, until, ended[number], still_open[number])
        for number, (since, until) in enumerate(_bounds(LATE_STEPS))
    ]


def backlog(requests: QuerySet[Request], *, now: datetime) -> list[Aged]:
    """Count the requests that are open now by how long they have waited, pauses left out (REQ-09)."""
    is_overdue = ExpressionWrapper(overdue(now), output_field=BooleanField())
    ages: Counter[tuple[int, bool]] = Counter(
        (_step(AGE_STEPS, waited(row, calendar, now=now)), row.is_overdue)
        for row, calendar in _clocks(requests.filter(IS_OPEN).annotate(is_overdue=is_overdue), "is_overdue")
    )
    return [
        Aged(since, until, ages[number, False] + ages[number, True], ages[number, True])
        for number, (since, until) in enumerate(_bounds(AGE_STEPS))
    ]


def _ended_late(requests: QuerySet[Request]) -> Counter[int]:
    """Count by step in the database, as these may be many: what was waited beyond the target is what is over due."""
    seconds_over = F("response_seconds") - F("target_minutes") * 60
    bounds = Value([int(step.total_seconds()) for step in LATE_STEPS[1:]])
    step = Func(seconds_over, bounds, function="width_bucket", output_field=IntegerField())
    return Counter(dict(requests.annotate(step=step).values_list("step").annotate(count=Count("*"))))


def _clocks(requests: QuerySet[Request], *more: str) -> Iterator[tuple[Any, WorkCalendar]]:
    """Return what the clock of each request needs, with its calendar; light, as thousands may be open."""
    rows = list(requests.order_by().values_list(*CLOCK, *more, named=True))
    versions = CalendarVersion.objects.in_bulk({row.calendar_version_id for row in rows})
    calendars = {pk: work_calendar(version) for pk, version in versions.items()}
    return ((row, calendars[row.calendar_version_id]) for row in rows)


def _step(steps: Sequence[timedelta], value: timedelta) -> int:
    return bisect_right(steps, value) - 1


def _bounds(steps: Sequence[timedelta]) -> Iterator[tuple[timedelta, timedelta | None]]:
    return zip_longest(steps, steps[1:])
