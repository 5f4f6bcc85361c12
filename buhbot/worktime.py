"""Count working time: how much of it lies between two instants, and when a given amount of it is over.

A moment is working when the clock on the local wall then shows a time inside an interval of the calendar.
That one sentence decides daylight saving (WT-04): an hour the clocks skip is never worked, an hour they
repeat is worked twice, and every counted second is a real one.

A calendar becomes spans of UTC one week at a time, each week once (WT-07). Inside this module a moment is
an integer, microseconds since 1970 UTC; before year 1 and after year 9999 nobody works.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ClockTime = time | str
Interval = tuple[ClockTime, ClockTime]
Span = tuple[int, int]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1) // MICROSECOND
WEEK = 7 * DAY
EARLIEST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
LATEST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
WEEKS_KEPT = 1000  # Twenty years; a calendar that has computed more forgets them and goes on.


class NoWorkingTime(Exception):
    """The calendar has not enough working time left after the instant (WT-06)."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working hours of one time zone (WT-01): immutable, hashable, safe to share between threads.

    `weekly` maps ISO weekdays 1-7 to intervals `[start, end)` of the local clock; `exceptions` replaces the
    intervals that start on a date (none: a day off). A start is a `time` or "09:00", an end may be "24:00".
    An interval whose end is not after its start runs into the next date: 22:00-06:00 is a night,
    00:00-00:00 a full day. Overlapping intervals are merged. Raises `ValueError` for what is no calendar.
    """

    timezone: str
    weekly: Mapping[int, Sequence[Interval]] = field(compare=False)
    exceptions: Mapping[date, Sequence[Interval]] = field(compare=False, default_factory=dict)
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _weekday_hours: tuple[tuple[Span, ...], ...] = field(init=False, repr=False)
    _exception_hours: dict[int, tuple[Span, ...]] = field(init=False, repr=False)
    _weeks: dict[int, "_Week"] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        weekly = {_weekday(key): tuple(intervals) for key, intervals in self.weekly.items()}
        exceptions = {key: tuple(intervals) for key, intervals in self.exceptions.items()}
        exception_hours = {_day(key): _hours(intervals) for key, intervals in exceptions.items()}
        self._set("weekly", MappingProxyType(weekly))
        self._set("exceptions", MappingProxyType(exceptions))
        self._set("_zone", _known_zone(self.timezone))
        self._set("_weekday_hours", tuple(_hours(weekly.get(weekday, ())) for weekday in range(1, 8)))
        self._set("_exception_hours", exception_hours)
        self._set("_weeks", {})

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        return hash((self.timezone, self._weekday_hours, frozenset(self._exception_hours.items())))

    def __reduce__(self) -> tuple[type["WorkCalendar"], tuple[object, ...]]:
        return WorkCalendar, (self.timezone, dict(self.weekly), dict(self.exceptions))

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time in `[start, end)`; zero if the end is not after the start (WT-02)."""
        since, until = _moment(start), _moment(end)
        if until <= since:
            return timedelta(0)
        first, last = since // WEEK, until // WEEK
        whole_weeks = sum(self._week(number).total for number in range(first, last))
        worked = whole_weeks + self._week(last).worked_before(until) - self._week(first).worked_before(since)
        return worked * MICROSECOND

    def deadline(self, start: datetime, target: timedelta) -> datetime:
        """Return the first instant, in UTC, by which `target` of working time has passed (WT-02).

        For a target of zero: the first working instant at or after `start`.
        Raises `ValueError` for a negative target, `NoWorkingTime` when the calendar ends before the target.
        """
        if target < timedelta(0):
            raise ValueError(f"The target must not be negative: {target}.")
        due = self._due(_moment(start), target // MICROSECOND)
        if due is None:
            raise NoWorkingTime(f"{start.isoformat()} is not followed by {target} of working time.")
        return _instant(due)

    def next_opening(self, instant: datetime) -> datetime:
        """Return the first working instant at or after this one, in UTC; raise `NoWorkingTime` if none is."""
        return self.deadline(instant, timedelta(0))

    def has_working_time_after(self, instant: datetime) -> bool:
        """Say whether any working time is left at or after the instant (WT-06)."""
        return self._due(_moment(instant), 0) is not None

    def is_working(self, instant: datetime) -> bool:
        """Say whether the instant lies in working hours."""
        moment = _moment(instant)
        return next(self._spans(moment, moment + 1), None) is not None

    def intervals(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Return the working spans in `[start, end)`, in order and in UTC; those that touch are joined."""
        spans = _merged(self._spans(_moment(start), _moment(end)))
        return ((_instant(opens), _instant(closes)) for opens, closes in spans)

    def _due(self, since: int, left: int) -> int | None:
        """Return the first moment with `left` worked since; weeks that end earlier count as a whole."""
        if left > LATEST - since:
            return None
        for week in self._weeks_between(since, LATEST):
            ahead = week.total - week.worked_before(since)
            if left > ahead:
                left -= ahead
                continue
            for opens, closes in _cut(week.spans, since, LATEST):
                if left <= closes - opens:
                    return opens + left
                left -= closes - opens
        return None

    def _spans(self, since: int, until: int) -> Iterator[Span]:
        for week in self._weeks_between(since, until):
            yield from _cut(week.spans, since, until)

    def _weeks_between(self, since: int, until: int) -> Iterator["_Week"]:
        """Return the weeks that may hold working time: without weekly hours, only those of the exceptions."""
        numbers: Sequence[int] = range(since // WEEK, until // WEEK + 1)
        if not any(self._weekday_hours):
            # Hours end within two dates of their own, and no zone is a whole day away from UTC.
            days = [day for day, hours in self._exception_hours.items() if hours]
            near = {(day + shift) * DAY // WEEK for day in days for shift in (-1, 3)}
            numbers = sorted(near.intersection(numbers))
        return map(self._week, numbers)

    def _week(self, number: int) -> "_Week":
        week = self._weeks.get(number)
        if week is None:
            local_hours = self._local_hours(number * WEEK, (number + 1) * WEEK)
            week = _Week.of(tuple(_merged(sorted(local_hours))))
            if len(self._weeks) >= WEEKS_KEPT:
                self._weeks.clear()
            self._weeks[number] = week
        return week

    def _local_hours(self, start: int, end: int) -> Iterator[Span]:
        """Yield the hours of every date that reaches into `[start, end)`, cut to it."""
        for since, until, offset in _offsets(self._zone, max(start, EARLIEST), min(end, LATEST)):
            for day in range((since + offset) // DAY - 1, (until + offset) // DAY + 1):
                midnight = day * DAY - offset
                hours = ((midnight + opens, midnight + closes) for opens, closes in self._hours_of(day))
                yield from _cut(hours, since, until)

    def _hours_of(self, day: int) -> tuple[Span, ...]:
        # Day 0, 1 January 1970, was a Thursday.
        return self._exception_hours.get(day, self._weekday_hours[(day + 3) % 7])


class _Week(NamedTuple):
    """The spans of one UTC week, when each of them opens, and the working time of the week before it."""

    spans: tuple[Span, ...]
    opens: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    @classmethod
    def of(cls, spans: tuple[Span, ...]) -> "_Week":
        *before, total = accumulate((closes - opens for opens, closes in spans), initial=0)
        return cls(spans, tuple(opens for opens, _ in spans), tuple(before), total)

    def worked_before(self, moment: int) -> int:
        """Return the working time from the start of the week to the moment."""
        index = bisect_right(self.opens, moment) - 1
        if index < 0:
            return 0
        opens, closes = self.spans[index]
        return self.before[index] + min(moment, closes) - opens


def _cut(spans: Iterable[Span], since: int, until: int) -> Iterator[Span]:
    """Yield the parts of the spans that lie in `[since, until)`."""
    for opens, closes in spans:
        if max(opens, since) < min(closes, until):
            yield max(opens, since), min(closes, until)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Join sorted spans that overlap or touch."""
    joined: Span | None = None
    for opens, closes in spans:
        if joined and opens <= joined[1]:
            joined = joined[0], max(joined[1], closes)
            continue
        if joined:
            yield joined
        joined = opens, closes
    if joined:
        yield joined


def _offsets(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Cut `[start, end)` where the zone's offset from UTC changes: yield `(since, until, offset)`.

    Looks once a day: no zone of the tz database has ever changed its offset twice within three days.
    """
    since, offset = start, _offset(zone, start)
    for day in range(start, end, DAY):
        later = _offset(zone, day + DAY)
        if later != offset:
            change = day + bisect_left(range(DAY), True, key=lambda past: _offset(zone, day + past) != offset)
            yield since, change, offset
            since, offset = change, later
    yield since, end, offset


def _offset(zone: ZoneInfo, moment: int) -> int:
    """Return local time minus UTC; near the ends of the calendar that of two days further in."""
    instant = _instant(min(max(moment, EARLIEST + 2 * DAY), LATEST - 2 * DAY))
    return (instant.astimezone(zone).utcoffset() or timedelta(0)) // MICROSECOND


def _moment(instant: datetime) -> int:
    """Return the microseconds since 1970 of an aware datetime, `ValueError` for a naive one (WT-03)."""
    if instant.utcoffset() is None:
        raise ValueError(f"A datetime without a time zone is no instant: {instant.isoformat()}.")
    return (instant - EPOCH) // MICROSECOND


def _instant(moment: int) -> datetime:
    return EPOCH + moment * MICROSECOND


def _known_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"There is no time zone named {name!r}.") from error


def _weekday(key: int) -> int:
    if key not in range(1, 8):
        raise ValueError(f"A weekday is 1 (Monday) to 7 (Sunday), not {key!r}.")
    return key


def _day(key: date) -> int:
    """Return the number of days since 1970-01-01."""
    if isinstance(key, datetime) or not isinstance(key, date):
        raise ValueError(f"An exception belongs to a date, not to {key!r}.")
    return key.toordinal() - EPOCH.toordinal()


def _hours(intervals: Iterable[Interval]) -> tuple[Span, ...]:
    """Return sorted spans since midnight; the end is later than the start by a day at most."""
    spans = ((_since_midnight(start), _since_midnight(end, closing=True)) for start, end in intervals)
    return tuple(_merged(sorted((start, end if end > start else end + DAY) for start, end in spans)))


def _since_midnight(clock: ClockTime, *, closing: bool = False) -> int:
    if closing and clock == "24:00":
        return DAY
    clock = time.fromisoformat(clock) if isinstance(clock, str) else clock
    if not isinstance(clock, time) or clock.tzinfo:
        raise ValueError(f"Not a time of the local clock: {clock!r}.")
    since = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
    return since // MICROSECOND + clock.microsecond
