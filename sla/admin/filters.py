"""Filters of the list of requests."""

from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buhbot.admin.base import person
from buhbot.admin.filters import PeriodFilter
from buhbot.models import Assignment, User
from buhbot.selectors import visible_assignments
from sla.admin.words import STANDING_NAMES
from sla.duty import people_on_duty, uncovered_chats
from sla.figures import BY_FAQ, IN_TIME, missed
from sla.models import OPEN_STATES, Request
from sla.rules import NEVER, Standing

CONDITIONS = {
    "open": Q(state__in=OPEN_STATES),
    "counted": ~Q(state="cancelled"),
    "no_due": Q(state__in=OPEN_STATES, due_at=NEVER),
    Standing.HEALTHY: Q(state="open", warned_at__isnull=True, breached_at__isnull=True),
    Standing.AT_RISK: Q(state="open", warned_at__isnull=False, breached_at__isnull=True),
    Standing.BREACHED: Q(state="open", breached_at__isnull=False),
    Standing.WAITING_CLIENT: Q(state="waiting_client"),
    Standing.IN_TIME: Q(state="answered", closed_at__lte=F("due_at")) & ~BY_FAQ,
    Standing.LATE: Q(state="answered", closed_at__gt=F("due_at")) & ~BY_FAQ,
    Standing.BY_FAQ: BY_FAQ,
    Standing.RESOLVED: Q(state="resolved"),
    Standing.CANCELLED: Q(state="cancelled"),
}


class StandingFilter(admin.SimpleListFilter):
    """How requests stand; «open» is all that wait, «counted» what the figures count."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        groups = [
            ("open", _("all open")),
            ("counted", _("all but cancelled")),
            ("no_due", _("no working time in the calendar")),
        ]
        return [*groups, *((key.value, name) for key, name in STANDING_NAMES.items())]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(CONDITIONS.get(self.value() or "", Q()))


class LateFilter(admin.SimpleListFilter):
    """What counts as in time or late in the figures: exactly those rows (ANS-04, principle 8)."""

    title = _("in time")
    parameter_name = "late"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("in time")), ("yes", _("late"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        return queryset.filter({"yes": missed(now), "no": IN_TIME}.get(self.value() or "", Q()))


class AccountantFilter(admin.SimpleListFilter):
    """Requests of the chats of one accountant."""

    title = _("accountant")
    parameter_name = "accountant"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        duties = visible_assignments(person(request)).filter(duty=Assignment.Duty.ACCOUNTANT)
        people = User.objects.filter(pk__in=duties.values("user")).order_by("full_name")
        return [(str(user.pk), str(user)) for user in people]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if not chosen.isdecimal():
            return queryset
        chats = visible_assignments(person(request)).filter(user=int(chosen), duty=Assignment.Duty.ACCOUNTANT)
        return queryset.filter(chat__in=chats.values("chat"))


class OpenedFilter(PeriodFilter):
    """When the request was opened."""

    field = "opened_at"


class OriginFilter(admin.SimpleListFilter):
    """Where the client wrote what opened the request: in the chat, or to the bot in private (CLI-10)."""

    title = _("opened from")
    parameter_name = "origin"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return list(Request.Origin.choices)

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(origin=chosen) if chosen in Request.Origin.values else queryset


class CoverFilter(admin.SimpleListFilter):
    """Monitored chats whose accountants are all away without a substitute (STF-03)."""

    title = _("accountants")
    parameter_name = "cover"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("all away, nobody stands in"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "none":
            return queryset
        return queryset.filter(pk__in=uncovered_chats(at=timezone.now()).values("pk"))


class DutyFilter(admin.SimpleListFilter):
    """Staff who are on duty in monitored chats now, substitutes instead of those who are away (ALR-08)."""

    title = _("on duty in monitored chats")
    parameter_name = "duty"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("yes"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return (
            queryset.filter(pk__in=people_on_duty(at=timezone.now())) if self.value() == "yes" else queryset
        )
