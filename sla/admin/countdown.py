"""The live clock of an open request: working time, which the page counts on between two looks at the server (ADM-01).

The clock of a request stands outside of working hours and while the client is waited for, so the page is told whether
it runs, and for how long that stays so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from buhbot.services.calendars import work_calendar
from buhbot.texts import day
from buhbot.worktime import NoWorkingTime, WorkCalendar
from sla.admin.words import clock
from sla.models import Request
from sla.selectors import numbers

FOREVER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Countdown:
    """`seconds` of working time are left, below zero over due; in `changes_in` seconds the clock stops or starts.

    Without seconds there is nothing to count on: the client is waited for, or there is no due.
    """

    text: str
    seconds: int | None = None
    is_running: bool = False
    changes_in: int = 0
    note: str = ""


def countdown(request: Request, *, now: datetime) -> Countdown:
    """Return the clock of an open request as it stands now."""
    text = clock(request, now=now)
    if request.paused_at is not None or not request.has_due:
        return Countdown(text)
    measured = numbers(request, now=now)
    seconds = int((measured.left - measured.over).total_seconds())
    is_running, changes_at = _phase(work_calendar(request.calendar_version), now)
    note = (
        "" if is_running else _("the clock stands until %(moment)s") % {"moment": _opening(changes_at, now)}
    )
    return Countdown(text, seconds, is_running, int((changes_at - now).total_seconds()), note)


def _phase(calendar: WorkCalendar, now: datetime) -> tuple[bool, datetime]:
    """Say whether it is working time, and when that ends or begins."""
    spans = calendar.intervals(now, now + timedelta(days=1))
    opens, closes = next(spans, (now + FOREVER, now + FOREVER))
    if opens <= now:
        return True, closes
    try:
        return False, calendar.next_opening(now)
    except NoWorkingTime:
        return False, now + FOREVER


def _opening(at: datetime, now: datetime) -> str:
    """Write when the hours begin again: the time, and the day where it is not today."""
    local = timezone.localtime(at)
    clock_time = local.strftime("%H:%M")
    return (
        clock_time if local.date() == timezone.localtime(now).date() else f"{day(local.date())} {clock_time}"
    )
