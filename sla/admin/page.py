"""What the page of a request shows: conversation, facts, timeline and alerts (ADM-03)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from buhbot.admin.base import span
from buhbot.models import User
from sla.admin.bubbles import conversation_of
from sla.admin.classes import SOURCE_NAMES, Source, change_in_words
from sla.admin.words import LEVEL_COLOURS, accountants, alert_name, badge_of, clock, due, level_name, moment
from sla.explain import explain
from sla.models import Request, RequestEvent
from sla.selectors import numbers
from sla.texts import why_lines

Kind = RequestEvent.Kind
EVENT_COLOURS: dict[str, str] = {
    Kind.WARNED: "warning",
    Kind.BREACHED: "danger",
    Kind.ESCALATED: "danger",
    Kind.UNDELIVERABLE: "danger",
    Kind.REFUSED: "warning",
    Kind.ANSWERED: "success",
    Kind.RESOLVED: "success",
    Kind.BREACH_WITHDRAWN: "success",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the timeline."""

    title: str
    at: str
    who: str
    note: str
    colour: str


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert with what became of its messages."""

    title: str
    colour: str
    at: str
    is_undeliverable: bool
    is_withdrawn: bool
    deliveries: Sequence[Any]


def page_of(
    request: Request, *, user: User, deliveries: Mapping[int, Sequence[Any]], now: datetime
) -> dict[str, Any]:
    """Gather everything that the page of the request shows."""
    return {
        "request": request,
        "badge": badge_of(request),
        "clock": clock(request, now=now),
        "facts": _facts(request, now),
        "why": why_lines(explain(request)),
        "conversation": conversation_of(request, user=user, now=now),
        "steps": _steps(request, now),
        "alerts": _alerts(request, deliveries, now),
    }


def _facts(request: Request, now: datetime) -> list[tuple[str, str]]:
    measured = numbers(request, now=now)
    waited = _("Waited") if request.closed_at else _("Waits")
    facts = [
        (_("Ordered by a button"), request.wish),
        (_("Opened from"), _origin(request)),
        (_("Accountant"), accountants(request)),
        (_("Assigned to"), str(request.assigned_to or "")),
        (_("Opened"), moment(request.opened_at, now=now)),
        (_("Due"), due(request, now=now)),
        (waited, _("%(time)s of working time") % {"time": span(measured.waited)}),
        (_("By the clock"), span(measured.waited_wall)),
        (_("Policy"), _("%(policy)s, %(minutes)d min") % _terms(request)),
        (_("Calendar"), request.calendar_version.name),
        (_("Taken by"), str(request.acknowledged_by or "")),
        (_("Put off until"), _put_off(request, now)),
        (_("Closed"), moment(request.closed_at, now=now) if request.closed_at else ""),
        (_("Closed by"), str(request.closed_by or "")),
        (_("Reason"), request.get_close_reason_display() if request.close_reason else ""),
        (_("Note"), request.close_note),
    ]
    return [(name, value) for name, value in facts if value]


def _origin(request: Request) -> str:
    """Say where it was opened, unless in the chat itself as most are (CLI-10)."""
    return request.get_origin_display() if request.origin != Request.Origin.CHAT else ""


def _put_off(request: Request, now: datetime) -> str:
    is_held = request.is_open and request.snoozed_until is not None and request.snoozed_until > now
    return moment(request.snoozed_until, now=now) if is_held else ""


def _terms(request: Request) -> dict[str, Any]:
    return {"policy": request.policy_name, "minutes": request.target_minutes}


def _steps(request: Request, now: datetime) -> list[Step]:
    return [_step(event, now) for event in request.events.select_related("actor").order_by("at", "pk")]


def _step(event: RequestEvent, now: datetime) -> Step:
    is_escalation = event.kind == Kind.ESCALATED and event.note.isdecimal()
    is_class = event.kind == Kind.RECLASSIFIED
    note = change_in_words(event.note) if is_class else event.note
    return Step(
        title=level_name(int(event.note)) if is_escalation else event.get_kind_display(),
        at=moment(event.at, now=now),
        who=str(event.actor or (SOURCE_NAMES[Source.LLM] if is_class else "")),
        note="" if is_escalation else note,
        colour=EVENT_COLOURS.get(event.kind, "plain"),
    )


def _alerts(request: Request, deliveries: Mapping[int, Sequence[Any]], now: datetime) -> list[AlertRow]:
    return [
        AlertRow(
            title=alert_name(alert),
            colour=LEVEL_COLOURS.get(alert.level, "danger"),
            at=moment(alert.instant, now=now),
            is_undeliverable=alert.is_undeliverable,
            is_withdrawn=alert.withdrawn_at is not None,
            deliveries=deliveries.get(alert.pk, ()),
        )
        for alert in request.alerts.order_by("instant", "level")
    ]
