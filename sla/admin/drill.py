"""From a figure to its rows: links into the list of requests, and the filters that such a link sets (ADM-01, ADM-07).

A filter of this kind shows itself only while it is set, so that the list stays as simple as before.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from buhbot.admin.base import person
from buhbot.models import Tier
from buhbot.selectors import visible_chats, visible_staff
from sla import figures
from sla.figures import Period
from sla.models import AlertKind, Request

MOST_DAYS = 732
FIRST_YEAR, LAST_YEAR = 2015, 2099
NOBODY = "none"
MEASURE_NAMES = {
    "opened": pgettext_lazy("requests", "all of the period"),
    "judged": _("in time or missed"),
    "in_time": _("in time"),
    "missed": _("missed"),
    "overdue": _("overdue, unanswered"),
    "waiting": _("not due yet"),
    "answered": pgettext_lazy("requests", "answered in the chat"),
    "resolved": _("resolved by hand"),
    "by_faq": _("answered by the FAQ"),
    "open": _("unanswered"),
    "at_risk": _("due soon"),
    "taken": _("taken after an alert"),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Which requests a report is about: those opened from date to date, of a person, a chat, a tier."""

    first: date
    last: date
    owner: str = ""
    chat: str = ""
    tier: str = ""

    @property
    def period(self) -> Period:
        return Period.of_dates(self.first, self.last)

    def link(self, figure: str, **narrower: Any) -> str:
        """Return the address of the list of exactly the rows that the figure counts."""
        opened = f"{self.first:%Y-%m-%d}..{self.last:%Y-%m-%d}"
        own = {"opened": opened, "owner": self.owner, "chat": self.chat, "tier": self.tier}
        return list_link(figure, **{**own, **narrower})


def list_link(figure: str, **query: Any) -> str:
    """Return the address of the list of the rows that the figure counts, whenever they were opened."""
    given = {name: value for name, value in query.items() if value not in ("", None)}
    return f"{reverse('admin:sla_request_changelist')}?{urlencode({'figure': figure, **given}, safe='.')}"


def dates_of(first: str, last: str) -> tuple[date, date] | None:
    """Read two dates; None where they are no dates, the wrong way round, or too far away or apart."""
    try:
        since, until = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    is_sound = since.year >= FIRST_YEAR and until.year <= LAST_YEAR and 0 <= (until - since).days < MOST_DAYS
    return (since, until) if is_sound else None


def number_of(text: str) -> int | None:
    """Read a key that came with an address; None: it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def owned(requests: QuerySet[Any], owner: str) -> QuerySet[Any]:
    """Return the requests that belong to the person whose key was given, or to nobody."""
    key = number_of(owner)
    return figures.owned_by(requests, key) if key is not None or owner == NOBODY else requests


def of_key(requests: QuerySet[Any], field: str, key: str) -> QuerySet[Any]:
    """Return the requests whose chat or tier was given, or that have none."""
    if key == NOBODY:
        return requests.filter(**{f"{field}__isnull": True})
    number = number_of(key)
    return requests if number is None else requests.filter(**{field: number})


class DrillFilter(admin.SimpleListFilter):
    """A filter that a link sets: shown with its one value while it is set."""

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        value = self.value() or ""
        return [(value, self.name_of(value, request))] if value else []

    def name_of(self, value: str, request: HttpRequest) -> str:
        raise NotImplementedError


class FigureFilter(DrillFilter):
    """What a number counts: one of a score, a step of lateness or of age, a kind of alert."""

    title = _("figure")
    parameter_name = "figure"

    def name_of(self, value: str, _request: HttpRequest) -> str:
        kind, _dash, rest = value.partition("-")
        if kind == "alert" and rest in AlertKind.values:
            return gettext("with an alert: %(kind)s") % {"kind": AlertKind(rest).label}
        if kind in {"late", "age"}:
            return {"late": gettext("by lateness"), "age": gettext("by waiting time")}[kind]
        return str(MEASURE_NAMES.get(value, "—"))

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return rows_of(queryset, value) if value else queryset


def rows_of(requests: QuerySet[Request], figure: str) -> QuerySet[Request]:
    """Return the rows that the figure counts; an unknown one counts none."""
    now = timezone.now()
    requests = requests.exclude(state=Request.State.CANCELLED)
    kind, _dash, rest = figure.partition("-")
    step = number_of(rest)
    if kind in {"late", "age"} and step is not None:
        select = {"late": figures.late_rows, "age": figures.aged_rows}[kind]
        return select(requests, min(step, len(figures.LATE_STEPS)), now=now)
    if kind == "alert":
        return figures.alerted_rows(requests, rest)
    if figure == "taken":
        return figures.taken_rows(requests)
    which = figures.measures(now).get(figure)
    return requests.none() if which is None else requests.filter(which)


class SpanFilter(DrillFilter):
    """Requests opened from one date to another, both included, in the firm's zone."""

    title = pgettext_lazy("requests", "opened")
    parameter_name = "opened"

    def _dates(self) -> tuple[date, date] | None:
        first, _dots, last = (self.value() or "").partition("..")
        return dates_of(first, last)

    def name_of(self, value: str, _request: HttpRequest) -> str:
        first, _dots, last = value.partition("..")
        dates = dates_of(first, last)
        return "—" if dates is None else span_of_dates(*dates)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        dates = self._dates()
        if dates is None:
            return queryset
        period = Period.of_dates(*dates)
        return queryset.filter(opened_at__gte=period.since, opened_at__lt=period.until)


class OwnerFilter(DrillFilter):
    """Requests that belong to a person in the reports (ANS-03)."""

    title = _("counted for")
    parameter_name = "owner"

    def name_of(self, value: str, request: HttpRequest) -> str:
        return name_of_row(visible_staff(person(request)), value)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return owned(queryset, self.value() or "")


class ChatFilter(DrillFilter):
    """Requests of one chat."""

    title = _("chat")
    parameter_name = "chat"

    def name_of(self, value: str, request: HttpRequest) -> str:
        return name_of_row(visible_chats(person(request)), value)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return of_key(queryset, "chat", self.value() or "")


class TierFilter(DrillFilter):
    """Requests of the chats of a tier."""

    title = _("tier")
    parameter_name = "tier"

    def name_of(self, value: str, _request: HttpRequest) -> str:
        return name_of_row(Tier.objects.all(), value)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return of_key(queryset, "chat__tier", self.value() or "")


DRILL_FILTERS = (FigureFilter, SpanFilter, OwnerFilter, ChatFilter, TierFilter)


def span_of_dates(first: date, last: date) -> str:
    """Write a period: «01.11.2026 – 30.11.2026», or one date."""
    return f"{first:%d.%m.%Y}" if first == last else f"{first:%d.%m.%Y} – {last:%d.%m.%Y}"


def name_of_row(rows: QuerySet[Any], key: str) -> str:
    """Name the row whose key came with an address, for a filter's title."""
    number = number_of(key)
    found = None if number is None else rows.filter(pk=number).first()
    return str(found) if found else "—"
