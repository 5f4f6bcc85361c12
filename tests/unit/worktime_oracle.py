"""Tell working time the slow way: ask the zone for the local time of every minute, and look it up.

Written apart from `buhbot.worktime` and differently, to be compared with it. Minutes only: instants and
interval ends have no seconds.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)

Interval = tuple[time | Literal["24:00"], time | Literal["24:00"]]
Weekly = Mapping[int, Sequence[Interval]]
Exceptions = Mapping[date, Sequence[Interval]]


class Oracle:
    def __init__(self, timezone: str, weekly: Weekly, exceptions: Exceptions) -> None:
        self.zone = ZoneInfo(timezone)
        self.weekly = weekly
        self.exceptions = exceptions

    def is_working(self, instant: datetime) -> bool:
        wall = instant.astimezone(self.zone).replace(tzinfo=None)
        return self._is_open(wall.date(), wall) or self._is_open(wall.date() - ONE_DAY, wall)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        return sum((MINUTE for minute in minutes(start, end) if self.is_working(minute)), timedelta())

    def deadline(self, start: datetime, target: timedelta, horizon: datetime) -> datetime | None:
        """Return the due minute, or None if it is not before the horizon."""
        for minute in minutes(start, horizon):
            if self.is_working(minute):
                if target <= MINUTE:
                    return minute + target
                target -= MINUTE
        return None

    def _is_open(self, day: date, wall: datetime) -> bool:
        intervals = self.exceptions.get(day, self.weekly.get(day.isoweekday(), ()))
        return any(opening(day, start) <= wall < closing(day, start, end) for start, end in intervals)


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


def opening(day: date, start: time | Literal["24:00"]) -> datetime:
    assert isinstance(start, time)
    return datetime.combine(day, start)


def closing(day: date, start: time | Literal["24:00"], end: time | Literal["24:00"]) -> datetime:
    if not isinstance(end, time):
        return datetime.combine(day + ONE_DAY, time())
    if not isinstance(start, time) or end <= start:
        return datetime.combine(day + ONE_DAY, end)
    return datetime.combine(day, end)
