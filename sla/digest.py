"""Reads what the digest of the morning tells (ALR-09). Numbers come from `sla/figures/` (principle 8)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from buhbot.models import Assignment, Calendar, CalendarVersion, Chat, User
from buhbot.mornings import morning
from buhbot.selectors import duties_of
from buhbot.services.calendars import current_version, work_calendar
from buhbot.worktime import NoWorkingTime, WorkCalendar
from sla.figures import Period, Score, overdue, score
from sla.models import Request
from sla.selectors import open_requests

DAY = timedelta(days=1)
LOOK_BACK_DAYS = 31


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """A date that opens (`buhbot.mornings.morning`), and when its last interval closes; `midnight` begins it."""

    date: date
    midnight: datetime
    opens: datetime
    closes: datetime

    def holds(self, at: datetime) -> bool:
        """Say whether the instant lies between the opening and the last closing."""
        return self.opens <= at < self.closes


def working_day(now: datetime) -> WorkingDay | None:
    """Return today by the firm's calendar; None: nobody works today."""
    calendar = _firm_calendar()
    return _day(calendar, now.astimezone(ZoneInfo(calendar.timezone)).date())


def working_day_before(day: WorkingDay) -> date:
    """Return the last date with working hours before the day; the day before when a month had none."""
    calendar = _firm_calendar()
    before = (day.date - number * DAY for number in range(1, LOOK_BACK_DAYS))
    return next((date for date in before if _day(calendar, date) is not None), day.date - DAY)


def waiting_for(user: User, *, now: datetime) -> QuerySet[Request]:
    """Return the open requests of the chats whose accountant the person is now, what is due first first (STF-03)."""
    duties = duties_of(user, at=now).filter(duty=Assignment.Duty.ACCOUNTANT)
    return waiting_in(Chat.objects.filter(pk__in=duties.values("chat")))


def waiting_in(chats: QuerySet[Chat]) -> QuerySet[Request]:
    """Return the open requests of the chats, what is due first first."""
    return (
        open_requests()
        .filter(chat__in=chats.values("pk"))
        .select_related("chat", "opened_by", "calendar_version")
        .order_by("due_at", "pk")
    )


def score_since(since: date, day: WorkingDay, *, now: datetime) -> Score:
    """Return the firm's numbers from the date up to the day: a Monday's tell of Friday and of the days off."""
    midnight = datetime.combine(since, time.min, tzinfo=day.midnight.tzinfo)
    return score(Request.objects.all(), Period(midnight, day.midnight), now=now)


def open_and_overdue(now: datetime) -> tuple[int, int]:
    """Count the requests that are unanswered now, and those of them that are overdue."""
    return open_requests().count(), open_requests().filter(overdue(now)).count()


def _firm_calendar() -> WorkCalendar:
    newest = CalendarVersion.objects.filter(calendar__is_default=True).order_by("-number").first()
    return work_calendar(newest or current_version(Calendar.objects.get(is_default=True)))


def _day(calendar: WorkCalendar, day: date) -> WorkingDay | None:
    midnight = datetime.combine(day, time.min, tzinfo=ZoneInfo(calendar.timezone))
    try:
        opens = morning(calendar, midnight)
    except NoWorkingTime:
        return None
    spans = list(calendar.intervals(opens, midnight + DAY))
    return WorkingDay(day, midnight, opens, spans[-1][1]) if spans else None
