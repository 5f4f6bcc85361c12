"""The periods that people ask for by name: today, this week, this month, in the firm's zone (STF-02)."""

from datetime import date, datetime, timedelta

from sla.figures.terms import Period, firm_zone


def today(now: datetime) -> Period:
    """Return the day of the instant, to its end."""
    return Period.of_dates(_date(now), _date(now))


def this_week(now: datetime) -> Period:
    """Return the days from Monday on, today included."""
    return Period.of_dates(_date(now) - timedelta(days=_date(now).weekday()), _date(now))


def this_month(now: datetime) -> Period:
    """Return the days from the first of the month on, today included."""
    return Period.of_dates(_date(now).replace(day=1), _date(now))


def _date(now: datetime) -> date:
    return now.astimezone(firm_zone()).date()
