"""The pages of requests and alerts with what became of each message about them (ALR-08)."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from bot.models import OutgoingMessage
from bot.outbox import Telling
from sla.admin.alerts import AlertAdmin as BaseAlertAdmin
from sla.admin.requests import RequestAdmin as BaseRequestAdmin
from sla.admin.words import moment
from sla.models import Alert, Request

State = OutgoingMessage.State
STATE_COLOURS: dict[str, str] = {
    State.QUEUED: "info",
    State.SENDING: "info",
    State.SENT: "success",
    State.UNDELIVERED: "danger",
}


SHOWN = ("state", "error", "sent_at", "created_at", "recipient", "chat")
READ = ("alert", *(f"outgoingmessage__{name}" for name in SHOWN))


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message to one recipient."""

    to: str
    state: str
    colour: str
    at: str
    error: str


def deliveries_of(alerts: Any) -> dict[int, list[Any]]:
    """Return what became of the messages that told of the alerts, by alert, oldest first.

    A list tells of other clients' requests too, so what it says is not read here: accountants may not (RBAC-02).
    """
    told = Telling.objects.filter(alert__in=alerts).order_by("outgoingmessage")
    rows = told.select_related("outgoingmessage__recipient", "outgoingmessage__chat").only(*READ)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.alert_id].append(delivery(row.outgoingmessage))
    return found


def delivery(message: OutgoingMessage) -> Delivery:
    """Say what became of the message. A recipient whom the reader may not see stays unnamed."""
    address = message.recipient or message.chat
    return Delivery(
        to=str(address) if address else gettext("management"),
        state=message.get_state_display(),
        colour=STATE_COLOURS.get(message.state, ""),
        at=moment(message.sent_at or message.created_at, now=timezone.now()),
        error=message.error,
    )


@admin.register(Request)
class RequestAdmin(BaseRequestAdmin):
    """Requests with their alerts' deliveries."""

    def deliveries(self, row: Request) -> dict[int, list[Any]]:
        return deliveries_of(row.alerts.all())


@admin.register(Alert)
class AlertAdmin(BaseAlertAdmin):
    """Alerts with their deliveries."""

    @display(description=_("delivery"))
    def delivered(self, alert: Alert) -> Any:
        found = deliveries_of([alert])[alert.pk]
        return render_to_string("sla/admin/deliveries.html", {"deliveries": found}) if found else "—"
