"""The journal of alerts: read only (ALR-08). Registered in `bot/admin/`, which knows the deliveries."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import ReadOnlyAdmin, badge
from buhbot.admin.filters import PeriodFilter
from buhbot.models import User
from sla.admin.words import LEVEL_COLOURS, alert_name, moment
from sla.models import Alert
from sla.selectors import visible_alerts


class FellDueFilter(PeriodFilter):
    """When the alert fell due."""

    field = "instant"


class AlertAdmin(ReadOnlyAdmin):
    list_display = ("fell_due", "number", "client", "what", "outcome")
    list_display_links = ("fell_due", "number")
    list_select_related = ("request__chat",)
    list_filter = (FellDueFilter, "level", "is_undeliverable")
    search_fields = ("request__chat__title", "request__chat__client_name", "=request__id")
    search_help_text = _("Client or number of the request")
    fields = ("number", "client", "what", "fell_due", "told_at", "outcome", "delivered")

    def visible_to(self, user: User) -> QuerySet[Alert]:
        return visible_alerts(user)

    @display(description=_("fell due"), ordering="instant")
    def fell_due(self, alert: Alert) -> str:
        return moment(alert.instant, now=timezone.now())

    @display(description=_("request"), ordering="request_id")
    def number(self, alert: Alert) -> str:
        return f"№\u00a0{alert.request_id}"

    @display(description=_("client"))
    def client(self, alert: Alert) -> str:
        return str(alert.request.chat)

    @display(description=_("what"), ordering="level")
    def what(self, alert: Alert) -> str:
        return badge(alert_name(alert), LEVEL_COLOURS.get(alert.level, "danger"))

    @display(description=_("outcome"))
    def outcome(self, alert: Alert) -> str:
        if alert.is_undeliverable:
            return badge(gettext("nobody could be told"), "danger")
        return (
            badge(gettext("told"), "success") if alert.told_at else badge(gettext("not told yet"), "warning")
        )

    @display(description=_("delivery"))
    def delivered(self, alert: Alert) -> Any:
        """Write what became of the alert's messages; the room that sends them knows."""
        return "—"
