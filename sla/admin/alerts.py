"""The journal of alerts: read only (ALR-08). Registered in `bot/admin/`, which knows the deliveries."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import ReadOnlyAdmin
from buhbot.admin.filters import PeriodFilter
from buhbot.models import User
from sla.admin.words import LEVEL_COLOURS, level_name, moment
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
        return f"№ {alert.request_id}"

    @display(description=_("client"))
    def client(self, alert: Alert) -> str:
        return str(alert.request.chat)

    @display(description=_("what"), ordering="level", label=LEVEL_COLOURS)
    def what(self, alert: Alert) -> tuple[int, str]:
        return min(alert.level, 2), level_name(alert.level)

    @display(description=_("outcome"), label={"lost": "danger", "told": "success", "waits": "warning"})
    def outcome(self, alert: Alert) -> tuple[str, str]:
        if alert.is_undeliverable:
            return "lost", gettext("nobody could be told")
        return ("told", gettext("told")) if alert.told_at else ("waits", gettext("not told yet"))

    @display(description=_("delivery"))
    def delivered(self, alert: Alert) -> Any:
        """Write what became of the alert's messages; the room that sends them knows."""
        return "—"
