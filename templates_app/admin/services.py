"""Services on offer and quick buttons of the client's menu (SRV-01, CLI-08)."""

from typing import Any

from django.contrib import admin
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import ScopedAdmin
from templates_app.models import QuickButton, Service
from templates_app.models.services import fields_of


class OrderedAdmin(ScopedAdmin):
    """A list in the order in which clients see it; rows are dragged, or numbered."""

    ordering = ("position", "pk")
    ordering_field = "position"
    list_filter = ("is_enabled",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Put a new row last."""
        last = self.model._default_manager.aggregate(last=Max("position"))["last"]
        return {"position": (last or 0) + 1, **super().get_changeform_initial_data(request)}


@admin.register(Service)
class ServiceAdmin(OrderedAdmin):
    list_display = ("name", "price_line", "asked", "is_enabled", "position")
    search_fields = ("name", "description", "price")
    search_help_text = _("Service, description or price")
    fields = ("name", "description", "price", "fields", "is_enabled", "position")

    @display(description=_("price line"), ordering="price")
    def price_line(self, service: Service) -> str:
        return service.price or "—"

    @display(description=_("fields to ask for"))
    def asked(self, service: Service) -> str:
        return ", ".join(fields_of(service.fields)) or "—"


@admin.register(QuickButton)
class QuickButtonAdmin(OrderedAdmin):
    list_display = ("label", "wish", "is_enabled", "position")
    search_fields = ("label", "wish")
    search_help_text = _("Button, or what is ordered")
    fields = ("label", "wish", "is_enabled", "position")
