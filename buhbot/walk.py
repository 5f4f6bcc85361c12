"""Walk over the dates between two instants: what was worked on each, and why nothing was on the others (ADM-03)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from buhbot.worktime import WorkCalendar

ONE_DAY = timedelta(days=1)
NOTHING = timedelta()


class DayKind(StrEnum):
    """What a date is to the calendar, or to the walk."""

    WORKING = "working"
    SHORT = "short"  # an exception with less than the weekday usually has
    EXTRA = "extra"  # an exception with hours on a weekday that has none
    CLOSED = "closed"  # it has hours, but none of them on the way
    HOLIDAY = "holiday"  # an exception without hours
    WEEKEND = "weekend"  # a weekday without hours


@dataclass(frozen=True, slots=True)
class Day:
    """A local date of the walk, with what of it was worked on the way, in local time."""

    date: date
    kind: DayKind
    spans: tuple[tuple[datetime, datetime], ...]

    @property
    def worked(self) -> timedelta:
        """The real time worked; clocks that change count for nothing (WT-04)."""
        return sum((closes.astimezone(UTC) - opens.astimezone(UTC) for opens, closes in self.spans), NOTHING)


def walk(calendar: WorkCalendar, start: datetime, end: datetime) -> Iterator[Day]:
    """Yield every local date that `[start, end)` touches, in order; what was worked adds up to `elapsed(start, end)`.

    A night shift belongs to both of its dates.
    """
    zone = ZoneInfo(calendar.timezone)
    usual = WorkCalendar(calendar.timezone, calendar.weekly)
    day = start.astimezone(zone).date()
    while (opens := _midnight(day, zone)) < end:
        closes = _midnight(day + ONE_DAY, zone)
        spans = tuple(calendar.intervals(max(opens, start), min(closes, end)))
        hours, usual_hours = calendar.elapsed(opens, closes), usual.elapsed(opens, closes)
        is_exception = day in calendar.exceptions
        yield Day(
            day,
            _worked(hours, usual_hours) if spans else _not_worked(hours, is_exception),
            tuple((since.astimezone(zone), until.astimezone(zone)) for since, until in spans),
        )
        day += ONE_DAY


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _worked(hours: timedelta, usual: timedelta) -> DayKind:
    if not usual:
        return DayKind.EXTRA
    return DayKind.SHORT if hours < usual else DayKind.WORKING


def _not_worked(hours: timedelta, is_exception: bool) -> DayKind:
    if hours:
        return DayKind.CLOSED
    return DayKind.HOLIDAY if is_exception else DayKind.WEEKEND
