"""Alerts about the requests of a period, and how soon somebody took them (ADM-07). Withdrawn ones were none."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from statistics import median
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery

from buhbot.models import CalendarVersion
from buhbot.services.calendars import work_calendar
from sla.figures.terms import Period, counted
from sla.models import Alert, AlertKind, EventKind, Request, RequestEvent


@dataclass(frozen=True, slots=True)
class Alerted:
    """How many alerts of a kind there were, about how many requests, and how many could be told to nobody."""

    kind: AlertKind
    alerts: int = 0
    requests: int = 0
    undeliverable: int = 0


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """How many of the requests with an alert were taken after it, and in what working time."""

    alerted: int = 0
    taken: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None


def alerted(requests: QuerySet[Request], period: Period) -> list[Alerted]:
    """Count the alerts about the requests of the period, a row for each kind."""
    alerts = Alert.objects.filter(request__in=counted(requests, period), withdrawn_at__isnull=True).order_by()
    rows = alerts.values("kind").annotate(
        alerts=Count("*"),
        requests=Count("request", distinct=True),
        undeliverable=Count("pk", filter=Q(is_undeliverable=True)),
    )
    found = {row.pop("kind"): row for row in rows}
    return [Alerted(kind, **found.get(kind, {})) for kind in AlertKind]


def alerted_rows(requests: QuerySet[Request], kind: str) -> QuerySet[Request]:
    """Return the requests about which there was an alert of the kind."""
    return requests.filter(Exists(_alerts().filter(kind=kind)))


def acknowledged(requests: QuerySet[Request], period: Period) -> Acknowledged:
    """Measure how soon somebody took a request after its first alert: working time, p90 by nearest rank."""
    chosen = counted(requests, period)
    rows = list(taken_rows(chosen).values_list("calendar_version_id", "alerted_at", "taken_at"))
    versions = CalendarVersion.objects.in_bulk({version for version, _since, _until in rows})
    calendars = {pk: work_calendar(version) for pk, version in versions.items()}
    waits = sorted(calendars[version].elapsed(since, until) for version, since, until in rows)
    seconds = [wait.total_seconds() for wait in waits]
    return Acknowledged(
        alerted=chosen.filter(Exists(_alerts())).count(),
        taken=len(waits),
        median=timedelta(seconds=median(seconds)) if waits else None,
        p90=waits[ceil(len(waits) * 0.9) - 1] if waits else None,
    )


def taken_rows(requests: QuerySet[Request]) -> QuerySet[Any]:
    """Return the requests that were taken after an alert, with the instants of both: `alerted_at` and `taken_at`.

    Those that were ever taken are few; only of these the instants are looked for.
    """
    first = _alerts().order_by().values("request").annotate(at=Min("instant")).values("at")
    taken = RequestEvent.objects.filter(request=OuterRef("pk"), kind=EventKind.ACKNOWLEDGED)
    after = (
        taken.filter(at__gte=OuterRef("alerted_at")).order_by().values("request").annotate(first=Min("at"))
    )
    ever = requests.filter(pk__in=RequestEvent.objects.filter(kind=EventKind.ACKNOWLEDGED).values("request"))
    with_both = ever.annotate(alerted_at=Subquery(first)).annotate(taken_at=Subquery(after.values("first")))
    return with_both.filter(taken_at__isnull=False)


def _alerts() -> QuerySet[Alert]:
    return Alert.objects.filter(request=OuterRef("pk"), withdrawn_at__isnull=True)
