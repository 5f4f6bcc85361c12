"""Turn time into facts: warnings, breaches and escalations of requests whose instant has come (TIM-01)."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max

from buhbot.services.calendars import work_calendar
from buhbot.worktime import NoWorkingTime
from sla.models import ASKED, Alert, AlertKind, Request, RequestEvent, Tick
from sla.rules import FIRST_LEVEL, Timers
from sla.selectors import paused_since

BATCH = 100
FIRED = ("warned_at", "breached_at", "level", "next_escalation_at", "fires_at", "notices_outdated")
EARLIEST = datetime.min.replace(tzinfo=UTC)
Kind = RequestEvent.Kind

log = structlog.get_logger(__name__)


def fire_due(now: datetime) -> int:
    """Fire every instant up to `now` and note the pulse; return how many requests fired.

    Any number of callers may run at once: requests are locked, and looked at again (TIM-01, TIM-02, TIM-06).
    """
    fired, last = 0, (EARLIEST, 0)
    while batch := _due(now, after=last):
        fired += _fire_batch([request_id for _, request_id in batch], now)
        last = batch[-1]
        if len(batch) < BATCH:
            break
    Tick.objects.update_or_create(pk=1, defaults={"ran_at": now})
    return fired


def _due(now: datetime, *, after: tuple[datetime, int]) -> list[tuple[datetime, int]]:
    """The next requests in the order of their instants; those that could not fire are behind us."""
    fires_at, last = after
    waiting = Request.objects.filter(fires_at__lte=now, fires_at__gte=fires_at)
    rest = waiting.exclude(fires_at=fires_at, pk__lte=last).order_by("fires_at", "pk")
    return list(rest.values_list("fires_at", "pk")[:BATCH])  # type: ignore[arg-type]


def _fire_batch(request_ids: list[int], now: datetime) -> int:
    """Fire requests in one transaction, or each alone: what is wrong with one holds up no other.

    It is tried again with the next tick.
    """
    try:
        return _fire(request_ids, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(request_ids) > 1:
            return sum(_fire_batch([request_id], now) for request_id in request_ids)
        log.exception("a request could not fire", request=request_ids[0])
        return 0


@transaction.atomic
def _fire(request_ids: list[int], now: datetime) -> int:
    locked = Request.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
        "calendar_version"
    )
    requests = list(locked.filter(pk__in=request_ids, fires_at__lte=now).order_by("fires_at", "pk"))
    facts = _Facts()
    for request in requests:
        _fire_until(request, now, facts)
    facts.write()
    Request.objects.bulk_update(requests, FIRED)
    return len(requests)


@dataclass
class _Facts:
    """What is to be written of requests that fire."""

    events: list[RequestEvent] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    def note(self, request: Request, kind: str, *, at: datetime, note: str = "") -> None:
        self.events.append(RequestEvent(request=request, kind=kind, at=at, note=note))

    def tell(self, request: Request, kind: str, *, instant: datetime) -> None:
        self.alerts.append(Alert(request=request, kind=kind, level=request.level, instant=instant))

    def write(self) -> None:
        RequestEvent.objects.bulk_create(self.events)
        Alert.objects.bulk_create(self.alerts, ignore_conflicts=True)  # the same alert is told once


def fire_until(request: Request, now: datetime) -> None:
    """Fire every instant of a locked request up to `now`, in order; the caller saves it."""
    facts = _Facts()
    _fire_until(request, now, facts)
    facts.write()


def _fire_until(request: Request, now: datetime, facts: _Facts) -> None:
    while request.fires_at is not None and request.fires_at <= now:
        _fire_next(request, now, facts)


def _fire_next(request: Request, now: datetime, facts: _Facts) -> None:
    if request.breached_at is not None:
        _escalate(request, facts)
    elif request.due_at <= (request.fires_at or request.due_at):
        _breach(request, facts)
    else:
        _warn(request, now, facts)
    request.fires_at = _pending(request).first


def _warn(request: Request, now: datetime, facts: _Facts) -> None:
    """A warning whose due has passed as well is a fact, but no news: the breach says more."""
    instant = request.warn_at or request.due_at
    request.warned_at = instant
    facts.note(request, Kind.WARNED, at=instant)
    if request.due_at > now:
        facts.tell(request, AlertKind.WARNING, instant=instant)


def _breach(request: Request, facts: _Facts) -> None:
    request.breached_at, request.level = request.due_at, FIRST_LEVEL
    facts.note(request, Kind.BREACHED, at=request.due_at)
    facts.tell(request, AlertKind.BREACH, instant=request.due_at)
    set_next_escalation(request, after=request.due_at)


def _escalate(request: Request, facts: _Facts) -> None:
    """An acknowledgement that held it has run out, and a snooze: what was sent is to say so (ALR-05)."""
    instant = request.next_escalation_at or request.due_at
    request.level += 1
    facts.note(request, Kind.ESCALATED, at=instant, note=str(request.level))
    facts.tell(request, AlertKind.ESCALATION, instant=instant)
    request.notices_outdated |= request.acknowledged_at is not None or request.snoozed_until is not None
    set_next_escalation(request, after=instant)


def set_next_escalation(request: Request, *, after: datetime) -> None:
    """Set when a breached request escalates next: a working while after its last alert, if a level is left (ALR-01).

    An acknowledgement holds it until it runs out, if the policy says so (CLI-06), a snooze until its end (ALR-05). A
    calendar without hours to come escalates no more. Pauses come on top of the wait (TIM-08).
    """
    request.next_escalation_at = None
    if request.level >= request.max_level:
        return
    waits = [(after, timedelta(minutes=request.escalation_minutes) + paused_since(request, after))]
    if request.acknowledged_at is not None and request.acknowledge_minutes:
        waits.append((request.acknowledged_at, timedelta(minutes=request.acknowledge_minutes)))
    calendar = work_calendar(request.calendar_version)
    with suppress(NoWorkingTime):
        ends = [calendar.deadline(start, wait) for start, wait in waits]
        request.next_escalation_at = max(*ends, request.snoozed_until or after)


def resume(request: Request) -> None:
    """Set what fires next from the facts of an open request, as if it had never been closed (REQ-07, ALR-05)."""
    if request.breached_at is not None:
        told = request.alerts.filter(level=request.level, withdrawn_at=None).exclude(kind__in=ASKED)
        set_next_escalation(request, after=told.aggregate(at=Max("instant"))["at"] or request.due_at)
    rearm(request)


def _pending(request: Request) -> Timers:
    """Return what is still to fire, in the order warning, breach, escalations."""
    if request.breached_at is not None:
        return Timers(warn_at=None, due_at=None, escalate_at=request.next_escalation_at)
    is_warning_pending = request.warned_at is None and request.warn_at is not None
    return Timers(warn_at=request.warn_at if is_warning_pending else None, due_at=request.due_at)


def rearm(request: Request) -> None:
    """Set the next instant of an open request from the instants that it has; none while it is paused (TIM-08)."""
    request.fires_at = _pending(request).first if request.paused_at is None else None
