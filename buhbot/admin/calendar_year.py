"""A year of a calendar as twelve months, each day by what makes it what it is (ADM-05)."""

from calendar import Calendar as Grid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buhbot.models import Calendar, CalendarException
from buhbot.rules import BadHours, parse_hours
from buhbot.worktime import WorkCalendar

FIRST_YEAR, LAST_YEAR = 2000, 2100
MONDAY = date(2024, 1, 1)
KINDS = {
    "working": gettext_lazy("working day"),
    "off": gettext_lazy("day off of the week"),
    "holiday": gettext_lazy("holiday or transferred day off"),
    "short": gettext_lazy("short day"),
    "moved": gettext_lazy("worked instead of a day off"),
    "own": gettext_lazy("the firm's own exception"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the grid; `number` 0: a day of another month."""

    number: int
    kind: str
    title: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    weeks: list[list[Cell]]


def months_of(calendar: Calendar, year: int) -> list[Month]:
    """Return the twelve months of the year; the calendar's exceptions are read once."""
    exceptions = {row.date: row for row in calendar.exceptions.all() if row.date.year == year}
    return [_month(calendar.weekly, exceptions, year, number) for number in range(1, 13)]


def _month(
    weekly: Mapping[str, str], exceptions: Mapping[date, CalendarException], year: int, number: int
) -> Month:
    def cell(day: date) -> Cell:
        if day.month != number:
            return Cell(0, "", "", is_own=False)
        return _cell(day, weekly.get(str(day.isoweekday()), ""), exceptions.get(day))

    weeks = Grid().monthdatescalendar(year, number)
    return Month(str(MONTHS[number]), [[cell(day) for day in week] for week in weeks])


def _cell(day: date, usual: str, exception: CalendarException | None) -> Cell:
    hours = usual if exception is None else exception.hours
    title = hours or _("day off")
    if exception is None:
        return Cell(day.day, "working" if usual else "off", title, is_own=False)
    title = f"{title} · {exception.note}" if exception.note else title
    is_own = exception.source == CalendarException.Source.MANUAL
    return Cell(day.day, kind_of(hours, usual), title, is_own)


def kind_of(hours: str, usual: str) -> str:
    """Say what an exception makes of a day whose weekday usually has other hours (WT-01)."""
    if not hours:
        return "holiday"
    if not usual:
        return "moved"
    return "short" if worked(hours) < worked(usual) else "working"


def worked(hours: str) -> timedelta:
    """Return how much a line of hours holds; nothing for one that cannot be read."""
    try:
        day = WorkCalendar("UTC", {1: parse_hours(hours)})
    except (BadHours, ValueError):
        return timedelta()
    return day.elapsed(_at(MONDAY), _at(MONDAY + timedelta(days=2)))


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def year_given(text: str, *, today: int) -> int:
    """Read the year of the address; this one for anything that is none."""
    is_year = text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR
    return int(text) if is_year else today
