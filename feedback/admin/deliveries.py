"""Copies of surveys: which chat got its copy, which did not and why, and what was frozen (SUR-03, SUR-10)."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from buhbot.admin.base import ReadOnlyAdmin, badge, moment, span
from buhbot.models import NotArrived, User
from feedback.models import Delivery
from feedback.selectors import visible_deliveries

State = Delivery.State
COLOURS = {
    State.WAITING: "info",
    State.QUEUED: "info",
    State.DELIVERED: "success",
    State.FAILED: "danger",
    State.SKIPPED: "warning",
}


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("client", "survey", "standing", "why", "accountant", "tier_name", "arrived")
    list_filter = ("state", "skip_reason", ("survey", AutocompleteSelectFilter))
    list_filter_submit = True
    search_fields = ("chat__client_name", "chat__title")
    search_help_text = _("Client")
    ordering = ("-pk",)
    fields = (
        *("client", "survey", "standing", "why", "arrived", "accountant", "tier_name"),
        *("requests_opened", "requests_in_time", "requests_missed", "median"),
        *("reminded_at", "manager_told_at"),
    )
    readonly_fields = fields

    def visible_to(self, user: User) -> QuerySet[Any]:
        return visible_deliveries(user).select_related("chat", "survey", "accountant")

    @display(description=_("client"), ordering="chat__client_name")
    def client(self, delivery: Delivery) -> str:
        return str(delivery.chat)

    @display(description=_("state"), ordering="state")
    def standing(self, delivery: Delivery) -> str:
        return badge(delivery.get_state_display(), COLOURS[State(delivery.state)])

    @display(description=_("why not"))
    def why(self, delivery: Delivery) -> str:
        """Say it in words: what Telegram answered is English, and stands in the outbox."""
        if delivery.state == State.FAILED:
            is_gone = delivery.chat.unreachable_since is not None
            return str((NotArrived.UNREACHABLE if is_gone else NotArrived.REFUSED).label)
        return str(delivery.get_skip_reason_display())

    @display(description=_("delivered"), ordering="delivered_at")
    def arrived(self, delivery: Delivery) -> str:
        return moment(delivery.delivered_at, now=timezone.now())

    @display(description=_("median answer, working time"))
    def median(self, delivery: Delivery) -> str:
        if delivery.median_seconds is None:
            return "—"
        return span(timedelta(seconds=delivery.median_seconds))
