"""What the figures count, and what is in time or missed: the only place that says so (principle 8).

- A request belongs to the period in which it was **opened**. A cancelled one was no request and is never counted.
- **In time**: answered, or resolved by hand, at or before due (ANS-04, ANS-06). A breach that was withdrawn leaves no
  trace here, as only the instants are compared.
- **Missed**: ended after due, or **overdue**: still open although due has come. The clock of a paused request stands,
  so it is overdue only if due came before the pause (TIM-08).
- **Waiting**: open, due is still to come. Counted in the volume; for compliance it is too early.
- **Compliance** = in time / (in time + missed).
- **Response time** is working time without pauses, of answers only (ANS-03): what was resolved by hand was not answered
  in the chat. Median as usual (of an even number the mean of the middle two), p90 by nearest rank.
- Days, weekdays and hours are those of the firm's time zone.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from sla.models import OPEN_STATES, Request

State = Request.State
DAY = timedelta(days=1)
IS_OPEN = Q(state__in=OPEN_STATES)
IS_ENDED = Q(state__in=[State.ANSWERED, State.RESOLVED])
IN_TIME = IS_ENDED & Q(closed_at__lte=F("due_at"))
LATE = IS_ENDED & Q(closed_at__gt=F("due_at"))
ANSWERED, RESOLVED = Q(state=State.ANSWERED), Q(state=State.RESOLVED)


@dataclass(frozen=True, slots=True)
class Period:
    """From one instant up to another, which is not part of it."""

    since: datetime
    until: datetime

    @classmethod
    def of_dates(cls, first: date, last: date) -> "Period":
        """Return whole dates of the firm's zone, the last one included."""
        since, until = (datetime.combine(day, time.min, firm_zone()) for day in (first, last + DAY))
        return cls(since, until)

    @classmethod
    def last_days(cls, days: int, *, now: datetime) -> "Period":
        """Return today, to its end, and the days before it."""
        today = now.astimezone(firm_zone()).date()
        return cls.of_dates(today - (days - 1) * DAY, today)

    def dates(self) -> list[date]:
        """Return the dates of the firm's zone that the period touches."""
        if self.until <= self.since:
            return []
        first = self.since.astimezone(firm_zone()).date()
        last = (self.until - timedelta.resolution).astimezone(firm_zone()).date()
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def firm_zone() -> tzinfo:
    """Return the zone in which every figure is told (ADM-07)."""
    return timezone.get_default_timezone()


def counted(requests: QuerySet[Request], period: Period) -> QuerySet[Request]:
    """Return the requests that the figures of the period count."""
    opened = requests.filter(opened_at__gte=period.since, opened_at__lt=period.until)
    return opened.exclude(state=State.CANCELLED).order_by()


def overdue(now: datetime) -> Q:
    """Say of an open request that its due has come while its clock ran."""
    return IS_OPEN & Q(due_at__lte=Coalesce(F("paused_at"), now))


def missed(now: datetime) -> Q:
    """Say that the target was missed: the request ended late, or is overdue."""
    return LATE | overdue(now)


def measures(now: datetime) -> dict[str, Q]:
    """Say which of the counted requests each number of a score counts, by the name of the number."""
    return {
        "opened": ~Q(state=State.CANCELLED),
        "judged": IN_TIME | missed(now),
        "in_time": IN_TIME,
        "missed": missed(now),
        "overdue": overdue(now),
        "waiting": IS_OPEN & ~overdue(now),
        "answered": ANSWERED,
        "resolved": RESOLVED,
        "open": IS_OPEN,
        "at_risk": IS_OPEN & Q(warned_at__isnull=False, paused_at__isnull=True) & ~overdue(now),
    }
