"""From calendar rows to immutable versions, and from versions to arithmetic (REQ-06, WT-01)."""

from datetime import date
from functools import lru_cache

from django.db import transaction

from buhbot.models import Calendar, CalendarVersion
from buhbot.rules import parse_hours
from buhbot.worktime import WorkCalendar


@transaction.atomic
def current_version(calendar: Calendar) -> CalendarVersion:
    """Return the newest version of the calendar; write one first when its rows say something new (REQ-06)."""
    newest = calendar.versions.order_by("-number").first()
    wanted = _content(calendar)
    if newest is not None and _content_of(newest) == wanted:
        return newest
    Calendar.objects.select_for_update().get(pk=calendar.pk)
    last = calendar.versions.order_by("-number").first()
    number = last.number + 1 if last else 1
    return CalendarVersion.objects.create(calendar=calendar, number=number, **wanted)


def _content(calendar: Calendar) -> dict[str, object]:
    exceptions = {row.date.isoformat(): row.hours for row in calendar.exceptions.all()}
    return {
        "name": calendar.name,
        "time_zone": calendar.time_zone,
        "weekly": calendar.weekly,
        "exceptions": exceptions,
    }


def _content_of(version: CalendarVersion) -> dict[str, object]:
    return {name: getattr(version, name) for name in ("name", "time_zone", "weekly", "exceptions")}


@lru_cache(maxsize=256)
def version(version_id: int) -> CalendarVersion:
    """Return a version by its key. Versions never change, so each is read once."""
    return CalendarVersion.objects.get(pk=version_id)


def work_calendar(version: CalendarVersion) -> WorkCalendar:
    """Return the arithmetic of a version; it is kept by the key of the row."""
    return _work_calendar(version.pk) if version.pk else build(version)


@lru_cache(maxsize=256)
def _work_calendar(version_id: int) -> WorkCalendar:
    return build(version(version_id))


def build(calendar: Calendar | CalendarVersion) -> WorkCalendar:
    """Build the arithmetic of a version, or of a calendar as it stands now.

    Raises BadHours or ValueError for hours or a zone that cannot be read.
    """
    rows = (
        calendar.exceptions.items()
        if isinstance(calendar, CalendarVersion)
        else [(row.date.isoformat(), row.hours) for row in calendar.exceptions.all()]
    )
    return WorkCalendar(
        calendar.time_zone,
        {int(day): parse_hours(hours) for day, hours in calendar.weekly.items()},
        {date.fromisoformat(day): parse_hours(hours) for day, hours in rows},
    )


def make_default(calendar: Calendar) -> list[Calendar]:
    """Take the mark of the firm's calendar from the other one, which is returned; the caller saves this one (WT-10)."""
    marked = Calendar.objects.filter(is_default=True).exclude(pk=calendar.pk)
    lost = list(marked)
    marked.update(is_default=False)
    calendar.is_default = True
    return lost
