"""What the page of a request shows: conversation, facts, timeline and alerts (ADM-03, first form)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from buhbot.admin.base import span
from buhbot.models import Message, User
from buhbot.selectors import visible_messages
from sla.admin.classes import SOURCE_NAMES, Said, Source, change_in_words, said_of
from sla.admin.words import LEVEL_COLOURS, accountants, alert_name, badge_of, clock, due, level_name, moment
from sla.explain import explain
from sla.models import Request, RequestEvent
from sla.selectors import numbers
from sla.texts import why_lines

SHOWN_MESSAGES = 100
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
class Bubble:
    """One message of the conversation."""

    side: str
    name: str
    text: str
    at: str
    is_edited: bool
    said: Said | None


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
        "bubbles": _bubbles(request, user, now),
        "steps": _steps(request, now),
        "alerts": _alerts(request, deliveries, now),
    }


def _facts(request: Request, now: datetime) -> list[tuple[str, str]]:
    measured = numbers(request, now=now)
    waited = _("Waited") if request.closed_at else _("Waits")
    facts = [
        (_("Accountant"), accountants(request)),
        (_("Opened"), moment(request.opened_at, now=now)),
        (_("Due"), due(request, now=now)),
        (waited, _("%(time)s of working time") % {"time": span(measured.waited)}),
        (_("Policy"), _("%(policy)s, %(minutes)d min") % _terms(request)),
        (_("Calendar"), request.calendar_version.name),
        (_("Taken by"), str(request.acknowledged_by or "")),
        (_("Closed"), moment(request.closed_at, now=now) if request.closed_at else ""),
        (_("Closed by"), str(request.closed_by or "")),
        (_("Reason"), request.get_close_reason_display() if request.close_reason else ""),
        (_("Note"), request.close_note),
    ]
    return [(name, value) for name, value in facts if value]


def _terms(request: Request) -> dict[str, Any]:
    return {"policy": request.policy_name, "minutes": request.target_minutes}


def _bubbles(request: Request, user: User, now: datetime) -> list[Bubble]:
    """The messages of the topic while the request was open."""
    said = (
        visible_messages(user)
        .filter(
            chat=request.chat,
            topic_id=request.topic_id,
            sent_at__gte=request.opened_at,
            sent_at__lte=request.closed_at or now,
        )
        .select_related("staff", "classification")
        .order_by("sent_at", "telegram_message_id")[:SHOWN_MESSAGES]
    )
    return [_bubble(message, now) for message in said]


def _bubble(message: Message, now: datetime) -> Bubble:
    sides = {Message.Sender.CLIENT: "client", Message.Sender.BOT: "bot"}
    return Bubble(
        side=sides.get(Message.Sender(message.sender), "staff"),
        name=str(message.staff) if message.staff else message.sender_name or message.get_sender_display(),
        text=message.text or message.file_name or f"[{message.get_kind_display()}]",
        at=moment(message.sent_at, now=now),
        is_edited=message.edited_at is not None,
        said=said_of(message),
    )


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
            deliveries=deliveries.get(alert.pk, ()),
        )
        for alert in request.alerts.order_by("instant", "level")
    ]
