"""Volume, compliance and response time of the requests of a period: in all, and by accountant, chat, tier, day, hour.

Each is one statement of aggregates; names are a second one. Read `sla/figures/terms.py` first.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Avg,
    BigIntegerField,
    Case,
    Count,
    F,
    FloatField,
    Max,
    Q,
    QuerySet,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, ExtractHour, ExtractIsoWeekDay, TruncDate

from buhbot.models import Chat, Tier, User
from sla.figures.terms import ANSWERED, IN_TIME, Period, counted, firm_zone, measures
from sla.models import Request

WEEKDAYS, HOURS = 7, 24


@dataclass(frozen=True, slots=True)
class Score:
    """How a number of requests were served; each of them is in time, missed or waiting."""

    opened: int = 0
    in_time: int = 0
    missed: int = 0  # of these `overdue` are still open
    overdue: int = 0
    answered: int = 0
    resolved: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None
    mean: timedelta | None = None

    @property
    def waiting(self) -> int:
        """How many are open and not due yet."""
        return self.opened - self.in_time - self.missed

    @property
    def compliance(self) -> float | None:
        """The share that was served in time, 0 to 1; None while nothing can be said."""
        judged = self.in_time + self.missed
        return self.in_time / judged if judged else None


@dataclass(frozen=True, slots=True)
class Row:
    """The score of an accountant, a chat or a tier; without a key: of nobody in particular."""

    key: int | None
    name: str
    score: Score


class Percentile(Aggregate):
    """A percentile of sorted values: `percentile_disc` is the nearest rank, `percentile_cont` lies between ranks."""

    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def score(requests: QuerySet[Request], period: Period, *, now: datetime) -> Score:
    """Return the score of all requests of the period."""
    return _score(counted(requests, period).aggregate(**_measures(now)))


def by_accountant(requests: QuerySet[Request], period: Period, *, now: datetime) -> list[Row]:
    """Return a row for each person, the busiest first; every request belongs to exactly one.

    What was served in time is credited to who answered or resolved it (ANS-03). What was missed or still waits belongs
    to the first accountant who was on duty when it was opened (REQ-06), so that nobody's figures get better by leaving
    a late request to a colleague.
    """
    owned = with_owner(counted(requests, period))
    kept_name = Max(KT("on_duty__0__name"), filter=Q(duty_id=F("owner")))
    rows = list(owned.values("owner").annotate(kept_name=kept_name, **_measures(now)))
    names = {row["owner"]: row["kept_name"] or "" for row in rows}
    return _rows(rows, "owner", names | _names(User.objects.filter(pk__in=filter(None, names))))


def with_owner(requests: QuerySet[Request]) -> QuerySet[Any]:
    """Add to each request the id of the person to whom it belongs, as `owner`; None: to nobody."""
    person: BigIntegerField[int, int] = BigIntegerField()
    credited = Case(
        When(IN_TIME, then=Coalesce("closed_by_id", "duty_id", output_field=person)),
        default=Coalesce("duty_id", "closed_by_id", output_field=person),
    )
    return requests.annotate(duty_id=Cast(KT("on_duty__0__id"), person), owner=credited)


def owned_by(requests: QuerySet[Request], person: int | None) -> QuerySet[Request]:
    """Return the requests of one row of `by_accountant`."""
    rows = with_owner(requests)
    return rows.filter(owner__isnull=True) if person is None else rows.filter(owner=person)


def by_chat(requests: QuerySet[Request], period: Period, *, now: datetime) -> list[Row]:
    """Return a row for each chat that had a request, the busiest first."""
    rows = list(counted(requests, period).values("chat").annotate(**_measures(now)))
    return _rows(rows, "chat", _names(Chat.objects.filter(pk__in=[row["chat"] for row in rows])))


def by_tier(requests: QuerySet[Request], period: Period, *, now: datetime) -> list[Row]:
    """Return a row for each tier that had a request: the tier that the chat has now, as requests keep none."""
    rows = list(counted(requests, period).values("chat__tier").annotate(**_measures(now)))
    return _rows(rows, "chat__tier", _names(Tier.objects.all()))


def by_day(requests: QuerySet[Request], period: Period, *, now: datetime) -> list[tuple[date, Score]]:
    """Return the score of each date of the period by the date of opening, quiet dates too."""
    day = TruncDate("opened_at", tzinfo=firm_zone())
    rows = counted(requests, period).annotate(day=day).values("day").annotate(**_measures(now))
    found = {row["day"]: _score(row) for row in rows}
    return [(day, found.get(day, Score())) for day in period.dates()]


def volume_by_hour(requests: QuerySet[Request], period: Period) -> list[list[int]]:
    """Count the requests opened in each hour of each weekday: seven rows from Monday, of 24 hours."""
    zone = firm_zone()
    moments = counted(requests, period).annotate(
        weekday=ExtractIsoWeekDay("opened_at", tzinfo=zone), hour=ExtractHour("opened_at", tzinfo=zone)
    )
    table = [[0] * HOURS for _ in range(WEEKDAYS)]
    for weekday, hour, count in moments.values_list("weekday", "hour").annotate(count=Count("*")):
        table[weekday - 1][hour] = count
    return table


def _measures(now: datetime) -> dict[str, Any]:
    """The aggregates of a score. Seconds of response become durations in `_score`."""

    def response(function: str, fraction: float) -> Percentile:
        return Percentile("response_seconds", function=function, fraction=fraction, filter=ANSWERED)

    which = measures(now)
    numbers = ("in_time", "missed", "overdue", "answered", "resolved")
    return {
        "opened": Count("*"),
        **{name: Count("pk", filter=which[name]) for name in numbers},
        "median": response("percentile_cont", 0.5),
        "p90": response("percentile_disc", 0.9),
        "mean": Avg("response_seconds", filter=ANSWERED),
    }


def _score(found: dict[str, Any]) -> Score:
    durations = {name: _duration(found[name]) for name in ("median", "p90", "mean")}
    return Score(**{field.name: found[field.name] for field in fields(Score)} | durations)


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=float(seconds))


def _names(rows: QuerySet[Any]) -> dict[int | None, str]:
    return {row.pk: str(row) for row in rows}


def _rows(found: list[dict[str, Any]], key: str, names: dict[int | None, str]) -> list[Row]:
    rows = [Row(row[key], names.get(row[key], ""), _score(row)) for row in found]
    return sorted(rows, key=lambda row: (-row.score.opened, row.name, row.key or 0))
