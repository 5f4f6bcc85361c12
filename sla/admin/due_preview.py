"""When a request would be due by a calendar as it stands in the form, saved or not (ADM-05)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.translation import gettext as _

from buhbot.admin.calendars import WEEK, ZONES
from buhbot.models import CalendarException
from buhbot.rules import BadHours, Hours, parse_hours
from buhbot.texts import day
from buhbot.walk import walk
from buhbot.worktime import NoWorkingTime, WorkCalendar
from sla.explain import steps_of
from sla.texts import walk_lines

MOST_DATES, MOST_MINUTES = 1000, 100_000
FIRST, LAST = 2000, 2100
MOST_DIGITS = 18
Form = Mapping[str, str]


class UnknownZone(Exception):
    """The form names a time zone that does not exist."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What is told: when it is due and how that comes about, or what is wrong with the form."""

    due: str = ""
    lines: list[str] = field(default_factory=list)
    error: str = ""


def preview(form: Form) -> Preview:
    """Compute the due time from what the form of a calendar holds."""
    try:
        calendar, at, minutes = _calendar(form), _instant(form), _minutes(form)
        due = calendar.deadline(at, timedelta(minutes=minutes))
    except BadHours as error:
        return Preview(error=_("«%(text)s» cannot be read as hours.") % {"text": str(error)[:50]})
    except UnknownZone as error:
        return Preview(error=_("There is no time zone «%(zone)s».") % {"zone": str(error)[:50]})
    except NoWorkingTime:
        return Preview(error=_("Never: the calendar has not so much working time."))
    except (ValueError, OverflowError, forms.ValidationError):
        return Preview(error=_("Fill in the date, the time and the minutes of the target."))
    zone = ZoneInfo(calendar.timezone)
    local, until = at.astimezone(zone), due.astimezone(zone)
    told = _("A request on %(day)s at %(clock)s is due on %(due_day)s at %(due_clock)s.") % {
        "day": day(local),
        "clock": f"{local:%H:%M}",
        "due_day": day(until),
        "due_clock": f"{until:%H:%M}",
    }
    return Preview(told, walk_lines(tuple(steps_of(walk(calendar, at, due), {}))))


def _calendar(form: Form) -> WorkCalendar:
    weekly = {int(number): parse_hours(form.get(f"day_{number}", "")[:200]) for number in WEEK}
    return WorkCalendar(_zone(form), weekly, dict(_exceptions(form)))


def _exceptions(form: Form) -> Iterator[tuple[date, Hours]]:
    """The dates of the form, after those that stand on other pages of its table."""
    count = form.get("exceptions-TOTAL_FORMS", "0")
    numbers = range(min(int(count) if count.isdecimal() else 0, MOST_DATES))
    keys = {_key(form.get(f"exceptions-{number}-id", "")) for number in numbers}
    others = CalendarException.objects.filter(calendar=_key(form.get("preview_of", ""))).exclude(pk__in=keys)
    for row in others:
        yield row.date, parse_hours(row.hours)
    for number in numbers:
        given = form.get(f"exceptions-{number}-date", "")
        if given and not form.get(f"exceptions-{number}-DELETE"):
            on = forms.DateField().clean(given)
            yield on, parse_hours(form.get(f"exceptions-{number}-hours", "")[:200])


def _key(given: str) -> int:
    return int(given) if given.isdecimal() and len(given) <= MOST_DIGITS else 0


def _zone(form: Form) -> str:
    """The zone of the form; a calendar may have one that the list does not offer. Raises UnknownZone."""
    given = form.get("time_zone", "")
    if given not in dict(ZONES) and given not in available_timezones():
        raise UnknownZone(given)
    return given


def _instant(form: Form) -> datetime:
    at = datetime.fromisoformat(form.get("preview_at", "")[:32])
    if not FIRST <= at.year <= LAST:
        raise ValueError(at)
    return at.replace(tzinfo=at.tzinfo or ZoneInfo(_zone(form))).astimezone(UTC)


def _minutes(form: Form) -> int:
    minutes = int(form.get("preview_minutes", "")[:9])
    if not 1 <= minutes <= MOST_MINUTES:
        raise ValueError(minutes)
    return minutes
