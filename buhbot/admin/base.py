"""What the Admin pages of every room share: rows that the person may see, and pages that only show."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from buhbot.models import User


def person(request: HttpRequest) -> User:
    """Return who is signed in; Admin lets nobody else in."""
    if not isinstance(request.user, User):
        raise TypeError("an Admin page was asked for by nobody")
    return request.user


class ScopedAdmin(ModelAdmin):  # type: ignore[misc]
    """A page whose every list starts from what the person may see (RBAC-02)."""

    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    warn_unsaved_form = True

    def visible_to(self, user: User) -> QuerySet[Any]:
        """Return the rows that the person may see; all of them where the right to the model decides."""
        rows: QuerySet[Any] = self.model._default_manager.all()
        return rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = self.visible_to(person(request))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows


class ReadOnlyAdmin(ScopedAdmin):
    """A journal: looked at, never written (style: journals read-only)."""

    list_disable_select_all = True
    actions: ClassVar[Any] = None

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ChoiceFilter(admin.SimpleListFilter):
    """A filter of a few named conditions, each a method-free pair of title and query."""

    def value_or_none(self) -> str | None:
        value = self.value()
        return value if value in dict(self.lookup_choices) else None


def span(value: timedelta) -> str:
    """Write a duration shortly: «1 h 20 min»."""
    minutes = max(int(value.total_seconds()), 0) // 60
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    if not minutes:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
