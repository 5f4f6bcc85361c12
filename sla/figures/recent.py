"""The periods that people ask for by name: today, this week, this month, in the firm's zone (STF-02)."""

from datetime import date, datetime, time, timedelta

from sla.figures.terms import Period, firm_zone


def today(now: datetime) -> Period:
    """Return the day of the instant, to its end."""
    return _since(_date(now), now)


def this_week(now: datetime) -> Period:
    """Return the days from Monday on, today included."""
    day = _date(now)
    return _since(day - timedelta(days=day.weekday()), now)


def this_month(now: datetime) -> Period:
    """Return the days from the first of the month on, today included."""
    return _since(_date(now).replace(day=1), now)


def _date(now: datetime) -> date:
    return now.astimezone(firm_zone()).date()


def _since(first: date, now: datetime) -> Period:
    since, until = (
        datetime.combine(day, time.min, firm_zone()) for day in (first, _date(now) + timedelta(days=1))
    )
    return Period(since, until)
