"""How late requests were, and how old the open ones are: counts by steps of working time (ADM-07)."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)

from buhbot.models import CalendarVersion
from buhbot.services.calendars import work_calendar
from buhbot.worktime import WorkCalendar
from sla.figures.terms import IS_OPEN, LATE, Period, counted, measures, overdue
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


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is open now; `longest` is the working time of the one that has waited longest."""

    open: int
    at_risk: int
    overdue: int
    opened_today: int
    longest: timedelta | None
    longest_pk: int | None


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


def late_rows(requests: QuerySet[Request], step: int, *, now: datetime) -> QuerySet[Request]:
    """Return the requests that one step of `late_by` counts."""
    open_ones = _clocks(requests.filter(overdue(now)), "pk")
    still_open = [
        row.pk for row, calendar in open_ones if _step(LATE_STEPS, over(row, calendar, now=now)) == step
    ]
    ended = Case(When(LATE, then=_late_step()))
    return requests.annotate(late_step=ended).filter(Q(late_step=step) | Q(pk__in=still_open))


def aged_rows(requests: QuerySet[Request], step: int, *, now: datetime) -> QuerySet[Request]:
    """Return the requests that one step of `backlog` counts."""
    open_ones = _clocks(requests.filter(IS_OPEN), "pk")
    found = [
        row.pk for row, calendar in open_ones if _step(AGE_STEPS, waited(row, calendar, now=now)) == step
    ]
    return requests.filter(pk__in=found)


def waiting_now(requests: QuerySet[Request], *, now: datetime) -> Waiting:
    """Count the open requests, and find the one that has waited longest (ADM-01)."""
    which = measures(now)
    counts = requests.order_by().aggregate(
        open=Count("pk", filter=IS_OPEN),
        at_risk=Count("pk", filter=which["at_risk"]),
        overdue=Count("pk", filter=which["overdue"]),
        opened_today=Count(
            "pk", filter=which["opened"] & Q(opened_at__gte=Period.last_days(1, now=now).since)
        ),
    )
    waits = ((waited(row, calendar, now=now), row.pk) for row, calendar in _clocks(_longest(requests), "pk"))
    longest, row = max(waits, default=(None, None))
    return Waiting(**counts, longest=longest, longest_pk=row)


def _longest(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Return those that may have waited longest: the oldest of each calendar, and all that ever paused."""
    is_plain = Q(paused_at__isnull=True, paused_seconds=0)
    still_open = requests.filter(IS_OPEN)
    oldest = (
        still_open.filter(is_plain).order_by("calendar_version", "opened_at").distinct("calendar_version")
    )
    return still_open.filter(Q(pk__in=oldest.values("pk")) | ~is_plain)


def _ended_late(requests: QuerySet[Request]) -> Counter[int]:
    """Count by step in the database, as these may be many."""
    return Counter(dict(requests.annotate(step=_late_step()).values_list("step").annotate(count=Count("*"))))


def _late_step() -> Func:
    """The step of a request that ended late: what was waited beyond the target is what is over due."""
    seconds_over = F("response_seconds") - F("target_minutes") * 60
    bounds = Value([int(step.total_seconds()) for step in LATE_STEPS[1:]])
    return Func(seconds_over, bounds, function="width_bucket", output_field=IntegerField())


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
