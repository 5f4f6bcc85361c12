"""When a working day opens: until then alerts are put off, and then the digest comes (ALR-04, ALR-09)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from buhbot.worktime import WorkCalendar

MINUTE = timedelta(minutes=1)
NINE = 9


def morning(calendar: WorkCalendar, midnight: datetime) -> datetime:
    """Return when the first working day that begins at the local midnight or later opens (ALR-04, ALR-09).

    Where work goes on through midnight, round the clock or in a night shift, no day opens with it: the first working
    instant from nine o'clock on counts. Raises NoWorkingTime.
    """
    goes_on = calendar.elapsed(midnight - MINUTE, midnight + MINUTE) > MINUTE
    return calendar.deadline(midnight.replace(hour=NINE) if goes_on else midnight, timedelta())


def next_morning(calendar: WorkCalendar, now: datetime) -> datetime:
    """Return the next opening of a working day: today's before it has come, else that of a later day (ALR-04).

    Round the clock it is the next nine o'clock in the calendar's zone. Raises NoWorkingTime.
    """
    today = now.astimezone(ZoneInfo(calendar.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    opens = morning(calendar, today)
    return opens if opens > now else morning(calendar, today + timedelta(days=1))
