"""Words and colours of requests and alerts on Admin pages."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buhbot.admin.base import moment as moment
from buhbot.admin.base import span
from sla.models import ASKED, Alert, Request
from sla.rules import Standing, standing
from sla.selectors import numbers
from sla.texts import no_working_time

STANDING_NAMES = {
    Standing.HEALTHY: _("in good time"),
    Standing.AT_RISK: _("due soon"),
    Standing.BREACHED: _("overdue"),
    Standing.WAITING_CLIENT: _("waiting for the client"),
    Standing.IN_TIME: _("answered in time"),
    Standing.LATE: _("answered late"),
    Standing.BY_FAQ: _("answered by the FAQ"),
    Standing.RESOLVED: _("resolved by hand"),
    Standing.CANCELLED: _("cancelled"),
}
STANDING_COLOURS: dict[str, str] = {
    Standing.HEALTHY: "success",
    Standing.AT_RISK: "warning",
    Standing.BREACHED: "danger",
    Standing.WAITING_CLIENT: "info",
    Standing.LATE: "warning",
}
LEVEL_COLOURS = {0: "warning", 1: "danger", 2: "danger"}


def standing_of(request: Request) -> Standing:
    """Return how the request stands."""
    return standing(
        request.state,
        is_warned=request.warned_at is not None,
        is_breached=request.breached_at is not None,
        is_late=request.is_late,
        is_by_faq=request.is_answered_by_faq,
    )


def badge_of(request: Request) -> dict[str, Any]:
    """Return text and colour of the request's badge."""
    found = standing_of(request)
    return {"text": STANDING_NAMES[found], "type": STANDING_COLOURS.get(found, "")}


def clock(request: Request, *, now: datetime) -> str:
    """Write what counts now: time left or over while open, the response time afterwards; working time."""
    if not request.is_open:
        return span(timedelta(seconds=request.response_seconds or 0))
    if not request.has_due:
        return no_working_time()
    measured = numbers(request, now=now)
    if measured.over:
        return gettext("over by %(time)s") % {"time": span(measured.over)}
    return gettext("%(time)s left") % {"time": span(measured.left)}


def due(request: Request, *, now: datetime) -> str:
    """Write when the request is due, or that its calendar has no time for it (WT-06)."""
    return moment(request.due_at, now=now) if request.has_due else no_working_time()


def accountants(request: Request) -> str:
    """Name who was on duty when the request was opened (REQ-06)."""
    return ", ".join(entry["name"] for entry in request.on_duty) or "—"


def level_name(level: int) -> str:
    """Name the level of an alert (ALR-02)."""
    if level == 0:
        return gettext("warning")
    return gettext("target missed") if level == 1 else gettext("escalation %(level)d") % {"level": level}


def alert_name(alert: Alert) -> str:
    """Name what an alert tells of: its level, or who asks (ALR-04, CLI-03)."""
    return alert.get_kind_display() if alert.kind in ASKED else level_name(alert.level)


def span_or_none(value: timedelta | None) -> str:
    """Write a duration that there may not be."""
    return "—" if value is None else span(value)


def asked(request: Request) -> str:
    """Write what the client asked; first what was ordered by a button, where the text does not say it (CLI-08).

    💬 marks what was written to the bot in private, as in the bot itself (CLI-10).
    """
    mark = "💬 " if request.origin == Request.Origin.PRIVATE else ""
    wish = request.wish if request.wish not in request.text else ""
    return mark + (" · ".join(filter(None, (wish, request.text))) or "—")
