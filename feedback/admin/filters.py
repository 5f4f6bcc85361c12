"""Filters of the list of ratings (FBK-02)."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buhbot.admin.base import person
from buhbot.admin.filters import PeriodFilter
from buhbot.models import Tier
from buhbot.selectors import visible_staff
from feedback.admin.figures import quarter_name
from feedback.figures import quarter_of
from feedback.models import Survey
from feedback.rules import Quarter
from feedback.scores import SATISFIED
from sla.admin.drill import DrillFilter, dates_of, name_of_row, of_key, span_of_dates
from sla.figures import Period

HIGHEST = 10


class GivenFilter(PeriodFilter):
    """When the rating was first given."""

    title = pgettext_lazy("rating", "given")
    field = "voted_at"


class RatingFilter(admin.SimpleListFilter):
    """What was given; counted is all that was not withdrawn."""

    title = _("rating")
    parameter_name = "rating"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        words = [
            ("counted", _("all but withdrawn")),
            ("satisfied", _("4 and 5 stars")),
            ("withdrawn", pgettext_lazy("rating", "withdrawn")),
            ("commented", _("with a comment")),
        ]
        return [*words, *((str(rating), str(rating)) for rating in range(HIGHEST + 1))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        conditions = {
            "counted": Q(rating__isnull=False),
            "satisfied": Q(rating__in=SATISFIED, delivery__survey__kind=Survey.Kind.STARS),
            "withdrawn": Q(rating=None),
            "commented": ~Q(comment=""),
        }
        if value.isdecimal() and len(value) <= len(str(HIGHEST)):
            return queryset.filter(rating=int(value))
        return queryset.filter(conditions.get(value, Q()))


class KindFilter(admin.SimpleListFilter):
    """The scale of the survey."""

    title = _("scale")
    parameter_name = "kind"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(value), label) for value, label in Survey.Kind.choices]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(delivery__survey__kind=self.value()) if self.value() else queryset


class QuarterFilter(admin.SimpleListFilter):
    """The quarter in which the survey started: what the figures of a quarter count."""

    title = _("quarter of the survey")
    parameter_name = "quarter"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        starts = Survey.objects.filter(started_at__isnull=False).values_list("started_at", flat=True)
        found = {quarter_of(at) for at in starts if at}
        return [(one.key, quarter_name(one)) for one in sorted(found, key=lambda one: one.key, reverse=True)]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        quarter = _quarter(self.value() or "")
        return (
            queryset if quarter is None else _started(queryset, Period.of_dates(quarter.first, quarter.last))
        )

    def has_output(self) -> bool:
        return True  # a quarter that comes with an address holds, though it has no survey yet


def _quarter(key: str) -> Quarter | None:
    year, _mark, number = key.partition("-Q")
    is_sound = year.isascii() and year.isdecimal() and len(year) == 4 and number in {"1", "2", "3", "4"}
    return Quarter(int(year), int(number)) if is_sound and int(year) > 2000 else None


def _started(queryset: QuerySet[Any], period: Period) -> QuerySet[Any]:
    since, until = period.since, period.until
    return queryset.filter(delivery__survey__started_at__gte=since, delivery__survey__started_at__lt=until)


class StartedFilter(DrillFilter):
    """Ratings of the surveys that started from date to date."""

    title = _("start of the survey")
    parameter_name = "started"

    def name_of(self, value: str, _request: HttpRequest) -> str:
        dates = dates_of(*_ends(value))
        return span_of_dates(*dates) if dates else "—"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        dates = dates_of(*_ends(self.value() or ""))
        return _started(queryset, Period.of_dates(*dates)) if dates else queryset


def _ends(value: str) -> tuple[str, str]:
    first, _dots, last = value.partition("..")
    return first, last


class OwnerFilter(DrillFilter):
    """Ratings of the chats that were a person's, or nobody's, when the survey went out."""

    title = _("accountant")
    parameter_name = "owner"

    def name_of(self, value: str, request: HttpRequest) -> str:
        return name_of_row(visible_staff(person(request)), value)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return of_key(queryset, "delivery__accountant", self.value() or "")


class TierFilter(DrillFilter):
    """Ratings in the chats of a tier."""

    title = _("tier")
    parameter_name = "tier"

    def name_of(self, value: str, _request: HttpRequest) -> str:
        return name_of_row(Tier.objects.all(), value)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return of_key(queryset, "delivery__chat__tier", self.value() or "")
