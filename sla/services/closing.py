"""End a request: by an answer, by hand, or because it is none; and keep the facts true when news come late."""

from datetime import datetime, timedelta

from buhbot.models import Message, User
from sla.models import Request, RequestEvent, RequestMessage
from sla.selectors import numbers
from sla.services.opening import join
from sla.services.pausing import settle
from sla.services.timers import fire_until, rearm

Kind = RequestEvent.Kind


def answer(request: Request, message: Message) -> None:
    """End the request at the answer's Telegram date, to the credit of who answered (ANS-03, ANS-04)."""
    _answered(request, message, Kind.ANSWERED)


def move_answer(request: Request, message: Message) -> None:
    """Take an earlier answer that arrived late as the true one; its date decides (ANS-03, ANS-04)."""
    _answered(request, message, Kind.ANSWER_MOVED)


def _answered(request: Request, message: Message, event: str) -> None:
    """What fell due before the answer is a fact, even if no tick saw it (TIM-03); at due it is in time (ANS-04)."""
    rearm(request)
    fire_until(request, message.sent_at - timedelta.resolution)
    request.answer = message
    close(request, state=Request.State.ANSWERED, at=message.sent_at, actor=message.staff, event=event)
    join(request, message, RequestMessage.Part.ANSWER)


def close(
    request: Request,
    *,
    state: str,
    at: datetime,
    actor: User | None,
    event: str,
    reason: str = "",
    note: str = "",
) -> None:
    """Write the end of a locked request with its event, and stop its timers.

    A breach that had fired is withdrawn when the end turns out to be in time (ANS-04).
    """
    request.state, request.closed_at, request.closed_by = state, at, actor
    request.close_reason, request.close_note = reason, note
    request.fires_at = request.next_escalation_at = None
    if request.paused_at is not None or request.paused_seconds:
        settle(request, at=at)
    request.response_seconds = int(numbers(request, now=at).waited.total_seconds())
    request.notices_outdated = True
    RequestEvent.objects.create(request=request, kind=event, at=at, actor=actor, note=note)
    if request.breached_at is not None and at <= request.due_at:
        request.breached_at, request.level = None, 0
        RequestEvent.objects.create(request=request, kind=Kind.BREACH_WITHDRAWN, at=at, actor=actor)
    request.save()
