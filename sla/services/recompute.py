"""Bring open requests under the terms in force now: a new calendar, policy or tier reaches them (TIM-04).

Which requests run under other terms is read from the tables themselves (`outdated_requests`), so that no change can
be forgotten, whoever made it. Closed requests are history and stay as they are (REQ-06).
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from buhbot.models import CalendarVersion
from sla.models import ASKED, OPEN_STATES, Alert, Policy, Request, RequestEvent
from sla.rules import FIRST_LEVEL, NEVER
from sla.selectors import POLICY_TERMS, outdated_requests, with_terms_in_force
from sla.services.opening import set_instants, take_terms
from sla.services.pausing import count_pauses
from sla.services.timers import rearm, set_next_escalation

log = structlog.get_logger(__name__)

BATCH = 500
FEW = 200
Kind = RequestEvent.Kind
INSTANTS = ("warn_at", "due_at", "breached_at", "next_escalation_at")
WRITTEN = (
    *POLICY_TERMS.values(),
    "calendar_version",
    *INSTANTS,
    "fires_at",
    "paused_seconds",
    "warned_at",
    "level",
    "notices_outdated",
)


def recompute_outdated(now: datetime) -> int:
    """Recompute the open requests that a change has left under old terms; return how many there were (TIM-04)."""
    return recompute_requests(outdated_requests(), now=now)


def recompute_few(now: datetime) -> int | None:
    """Do the same within the transaction of the change when they are few; None: too many, nothing was done."""
    if outdated_requests()[: FEW + 1].count() > FEW:
        return None
    return recompute_outdated(now)


def recompute_requests(requests: QuerySet[Request], *, now: datetime) -> int:
    """Give the open ones of the requests the policy and calendar in force now; return how many changed (TIM-04).

    A deadline moved into the past fires with the next tick; one moved into the future withdraws a breach that was
    none, and arms a warning that nobody was sent. Each batch is a transaction of its own.
    """
    changed, last = 0, 0
    while batch := _ids(requests, after=last):
        changed += _recompute(batch, now)
        last = batch[-1]
    return changed


def _ids(requests: QuerySet[Request], *, after: int) -> list[int]:
    rows = requests.filter(pk__gt=after, state__in=OPEN_STATES).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


@dataclass
class _Changes:
    """What a batch comes to."""

    now: datetime
    requests: list[Request] = field(default_factory=list)
    events: list[RequestEvent] = field(default_factory=list)
    no_breach: list[int] = field(default_factory=list)
    no_warning: list[int] = field(default_factory=list)

    def note(self, request: Request, kind: str, text: str = "") -> None:
        self.events.append(RequestEvent(request=request, kind=kind, at=self.now, note=text))

    def write(self) -> None:
        _update(self.requests)
        RequestEvent.objects.bulk_create(self.events)
        valid = Alert.objects.filter(withdrawn_at=None)
        valid.filter(request__in=self.no_breach, level__gte=FIRST_LEVEL).update(withdrawn_at=self.now)
        valid.filter(request__in=self.no_warning, level=0).update(withdrawn_at=self.now)


@transaction.atomic
def _recompute(ids: list[int], now: datetime) -> int:
    rows = Request.objects.filter(pk__in=ids, state__in=OPEN_STATES).select_related("calendar_version")
    requests: list[Any] = list(with_terms_in_force(rows).select_for_update(of=("self",)).order_by("pk"))
    policies = Policy.objects.in_bulk({request.policy_now for request in requests})
    versions = CalendarVersion.objects.in_bulk({request.version_now for request in requests})
    told = _told(ids)
    changes = _Changes(now)
    for request in requests:
        policy = policies.get(request.policy_now) or _policy_kept(request)
        version = versions.get(request.version_now, request.calendar_version)
        _move(request, policy, version, told.get(request.pk, {}), changes)
    changes.write()
    return len(changes.requests)


def _update(requests: list[Request]) -> None:
    """Write a batch in one statement; Django's `bulk_update` takes ten times as long for so many columns."""
    fields = [f for f in Request._meta.concrete_fields if f.name in WRITTEN]
    types = ", ".join(f"{f.column} {f.db_type(connection)}" for f in fields)
    values = [{"id": row.pk} | {f.column: getattr(row, f.attname) for f in fields} for row in requests]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Request._meta.db_table} AS request"
            f" SET {', '.join(f'{f.column} = changed.{f.column}' for f in fields)}"
            f" FROM jsonb_to_recordset(%s::jsonb) AS changed (id bigint, {types})"
            " WHERE request.id = changed.id",
            [json.dumps(values, default=str)],
        )


def _policy_kept(request: Request) -> Policy:
    return Policy(**{name: getattr(request, kept) for name, kept in POLICY_TERMS.items()})


def _told(ids: list[int]) -> dict[int, dict[int, datetime]]:
    """For each request the last instant of each level; a warning counts once its recipients are settled."""
    found: dict[int, dict[int, datetime]] = {}
    alerts = Alert.objects.filter(request__in=ids, withdrawn_at=None).exclude(kind__in=ASKED)
    alerts = alerts.exclude(level=0, told_at=None)
    for request_id, level, instant in alerts.values_list("request", "level").annotate(Max("instant")):
        found.setdefault(request_id, {})[level] = instant
    return found


def _move(
    request: Request,
    policy: Policy,
    version: CalendarVersion,
    told: dict[int, datetime],
    changes: _Changes,
) -> None:
    version_before, due_before, before = request.calendar_version_id, request.due_at, _terms(request)
    take_terms(request, policy, version)
    if request.paused_seconds and version_before != version.pk:  # pauses are counted in working time too
        count_pauses(request)
        set_instants(request)
    if request.due_at == NEVER != due_before:  # what was computed stands until the calendar is mended (WT-06)
        log.warning("the calendar ends before the request is due", request=request.pk, calendar=version.pk)
        return
    is_breach_gone = request.breached_at is not None and request.due_at > (request.paused_at or changes.now)
    if request.breached_at is not None and not is_breach_gone:
        _move_breach(request, told)
    if _terms(request) == before:
        if version_before != version.pk:  # the calendar says something new, but nothing about these hours
            changes.requests.append(request)
        return
    is_moved = request.due_at != due_before
    changes.note(
        request, Kind.RECOMPUTED, f"{_clock(due_before)} → {_clock(request.due_at)}" if is_moved else ""
    )
    if is_breach_gone:
        _withdraw_breach(request, changes)
    if request.warned_at is not None and 0 not in told and request.due_at > changes.now:
        request.warned_at = None
        changes.no_warning.append(request.pk)
    rearm(request)
    request.notices_outdated = True
    changes.requests.append(request)


def _terms(request: Request) -> list[object]:
    return [getattr(request, name) for name in (*POLICY_TERMS.values(), *INSTANTS)]


def _withdraw_breach(request: Request, changes: _Changes) -> None:
    request.breached_at, request.level, request.next_escalation_at = None, 0, None
    changes.no_breach.append(request.pk)
    changes.note(request, Kind.BREACH_WITHDRAWN)


def _move_breach(request: Request, told: dict[int, datetime]) -> None:
    """Keep a breach that still is one at the true instant, and count the next escalation from the last alert."""
    request.breached_at = request.due_at
    last = told.get(request.level, request.due_at)
    set_next_escalation(request, after=request.due_at if request.level == FIRST_LEVEL else last)


def _clock(at: datetime) -> str:
    return "—" if at == NEVER else f"{timezone.localtime(at):%d.%m.%Y %H:%M}"
