"""Filters that several lists share."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DAYS = {"today": 0, "week": 7, "month": 30, "quarter": 90}


class PeriodFilter(admin.SimpleListFilter):
    """Rows whose instant `field` lies in the last days; today begins at midnight in the firm's zone."""

    title = _("period")
    parameter_name = "period"
    field = ""

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("today")),
            ("week", _("7 days")),
            ("month", _("30 days")),
            ("quarter", _("90 days")),
        ]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = DAYS.get(self.value() or "")
        if days is None:
            return queryset
        return queryset.filter(**{f"{self.field}__gte": day_start(timezone.now()) - timedelta(days=days)})


def day_start(now: datetime) -> datetime:
    """Return the midnight before `now` in the firm's zone."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


class TelegramFilter(admin.SimpleListFilter):
    """Staff by whether the bot can write to them (ALR-08)."""

    title = _("Telegram")
    parameter_name = "telegram"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("linked", _("linked")),
            ("cannot", _("cannot be written to")),
            ("unreachable", _("unreachable")),
            ("missing", _("not linked")),
        ]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        conditions = {
            "linked": Q(telegram_id__isnull=False, unreachable_since__isnull=True),
            "cannot": Q(telegram_id__isnull=True) | Q(unreachable_since__isnull=False),
            "unreachable": Q(telegram_id__isnull=False, unreachable_since__isnull=False),
            "missing": Q(telegram_id__isnull=True),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))
