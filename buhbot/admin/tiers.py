"""Client tiers: how a client is served. Registered in `sla/admin/`."""

from typing import Any

from django.http import HttpRequest

from buhbot.admin.base import ScopedAdmin
from buhbot.models import Tier


class TierAdmin(ScopedAdmin):
    list_display = ("name", "calendar", "position")
    list_select_related = ("calendar",)
    search_fields = ("name", "code")
    autocomplete_fields = ("calendar",)

    def get_fields(self, request: HttpRequest, obj: Tier | None = None) -> tuple[Any, ...]:
        """The code is for imports: who only looks needs no Latin word."""
        shown = ("name", "calendar", "position")
        return (*shown, "code") if obj is None or self.has_change_permission(request, obj) else shown
