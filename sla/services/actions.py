"""What people do to a request by button or in Admin: take, resolve, cancel, open again (ALR-04, ANS-06, REQ-07)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from buhbot.models import AuditEntry, Chat, User
from buhbot.services.audit import record
from sla.models import OPEN_STATES, Request, RequestEvent
from sla.rules import UNDO_WINDOW
from sla.selectors import holder, may_act, open_requests
from sla.services.closing import close
from sla.services.pausing import go_back
from sla.services.timers import resume
from sla.services.trail import audit_act, note_act

Kind = RequestEvent.Kind
State = Request.State
Act = AuditEntry.Kind


class NotAllowed(Exception):
    """The person has no right on the request's chat."""


class RequestAlreadyClosed(Exception):
    """The request ended before; nothing was changed."""


class RequestAlreadyOpen(Exception):
    """The request, or a newer one of the same topic, is open."""


class ChatNotWatched(Exception):
    """Messages of the chat are not looked at, so no answer could end the request."""


class TooLateToReopen(Exception):
    """The request was closed more than 24 hours ago."""


@transaction.atomic
def acknowledge(request_id: int, *, actor: User, now: datetime) -> Request:
    """Take the request: escalation stops until it is answered or the acknowledgement runs out (ALR-04, ALR-05).

    Who has it already holds it no longer by a second press (SEC-11). Raises NotAllowed or RequestAlreadyClosed.
    """
    request = open_for(request_id, actor)
    if holder(request, now=now) == actor:
        return request
    request.acknowledged_at, request.acknowledged_by = now, actor
    resume(request)
    request.notices_outdated = True
    request.save()
    note_act(request, Kind.ACKNOWLEDGED, actor=actor, now=now)
    return request


@transaction.atomic
def resolve(request_id: int, *, actor: User, now: datetime, note: str = "") -> Request:
    """End the request by hand (ANS-06). Raises NotAllowed or RequestAlreadyClosed."""
    request = open_for(request_id, actor)
    before = request.state
    close(request, state=State.RESOLVED, at=now, actor=actor, event=Kind.RESOLVED, note=note[:500])
    audit_act(request, Kind.RESOLVED, actor=actor, now=now, before=before)
    return request


@transaction.atomic
def cancel(request_id: int, *, actor: User, now: datetime, note: str = "") -> Request:
    """End what was no request at all (REQ-07). Raises NotAllowed or RequestAlreadyClosed."""
    request = open_for(request_id, actor)
    before = request.state
    close(
        request,
        state=State.CANCELLED,
        at=now,
        actor=actor,
        event=Kind.CANCELLED,
        reason=Request.Reason.NOT_A_REQUEST,
        note=note[:500],
    )
    audit_act(request, Kind.CANCELLED, actor=actor, now=now, before=before)
    return request


@transaction.atomic
def cancel_chat_requests(chat: Chat, *, reason: str, now: datetime, actor: User | None = None) -> int:
    """Cancel the chat's open requests with the reason; return how many there were (TIM-05)."""
    waiting = list(_locked().filter(chat=chat, state__in=OPEN_STATES))
    for request in waiting:
        close(request, state=State.CANCELLED, at=now, actor=actor, event=Kind.CANCELLED, reason=reason)
    return len(waiting)


@transaction.atomic
def reopen(request_id: int, *, actor: User, now: datetime) -> Request:
    """Undo an end within 24 wall hours; the clock runs as if it had never been closed (REQ-07).

    Raises NotAllowed, ChatNotWatched, RequestAlreadyOpen or TooLateToReopen.
    """
    request = _locked().get(pk=request_id)
    if not may_act(actor, request.chat):
        raise NotAllowed
    if not request.chat.is_watched:
        raise ChatNotWatched
    if open_requests().filter(chat=request.chat, topic_id=request.topic_id).exists():
        raise RequestAlreadyOpen
    if request.closed_at is not None and now - request.closed_at > UNDO_WINDOW:
        raise TooLateToReopen
    before = request.state
    open_again(request, at=now)
    note_act(request, Kind.REOPENED, actor=actor, now=now, before=before)
    return request


def open_again(request: Request, *, at: datetime) -> None:
    """Let a locked request go on as if it had never been closed; the caller adds the event.

    Raises RequestAlreadyOpen.
    """
    request.state, request.closed_at, request.closed_by = State.OPEN, None, None
    request.answer, request.response_seconds = None, None
    request.close_reason = request.close_note = ""
    go_back(request, at=at)
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError:  # a question of the client was faster
        raise RequestAlreadyOpen from None


def record_refusal(request_id: int, *, actor: User | None, now: datetime, note: str = "") -> None:
    """Log a press that was refused (ALR-04)."""
    RequestEvent.objects.create(
        request_id=request_id, kind=Kind.REFUSED, at=now, actor=actor, note=note[:500]
    )
    record(Act.REFUSED, actor=actor, who=note if actor is None else "", about=Request(pk=request_id), now=now)


def open_for(request_id: int, actor: User) -> Request:
    """Lock an open request that the person may act on. Raises NotAllowed or RequestAlreadyClosed (ALR-04)."""
    request = _locked().get(pk=request_id)
    if not may_act(actor, request.chat):
        raise NotAllowed
    if not request.is_open:
        raise RequestAlreadyClosed
    return request


def _locked() -> QuerySet[Request]:
    return Request.objects.select_for_update(of=("self",)).select_related("chat", "calendar_version")
