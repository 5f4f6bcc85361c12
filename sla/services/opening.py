"""Open a request from a message, and move its opening when an earlier message turns up."""

from datetime import datetime, timedelta

from buhbot.models import CalendarVersion, Message, User
from buhbot.services.calendars import work_calendar
from buhbot.worktime import NoWorkingTime
from sla.duty import on_duty
from sla.models import Policy, Request, RequestEvent, RequestMessage
from sla.rules import NEVER, first_instants
from sla.selectors import POLICY_TERMS, numbers, terms_of

TEXT_LENGTH = 500


def open_request(
    message: Message, *, closed_at: datetime | None = None, actor: User | None = None
) -> Request:
    """Open a request with the message's Telegram date and the terms in force now (REQ-04, REQ-06).

    With `closed_at` it is born answered: its question was delivered after its answer. `actor` is who ordered it.
    """
    chat = message.chat
    request = Request(
        chat=chat,
        topic_id=message.topic_id,
        state=Request.State.ANSWERED if closed_at else Request.State.OPEN,
        closed_at=closed_at,
        text=message.text[:TEXT_LENGTH],
        origin=_origin(message),
        opened_by=message,
        opened_at=message.sent_at,
        on_duty=on_duty([chat.pk], at=message.sent_at).get(chat.pk, []),
    )
    take_terms(request, *terms_of(chat))
    request.fires_at = None if closed_at else request.warn_at or request.due_at
    request.save()
    RequestEvent.objects.create(
        request=request, kind=RequestEvent.Kind.OPENED, at=message.sent_at, actor=actor
    )
    join(request, message)
    return request


def move_opening(request: Request, message: Message) -> None:
    """Let the request open with an earlier message that arrived late; Telegram's clock decides (principle 3)."""
    request.opened_by, request.opened_at, request.origin = message, message.sent_at, _origin(message)
    set_instants(request)
    request.text = message.text[:TEXT_LENGTH] or request.text
    if request.breached_at is not None:
        request.breached_at = request.due_at
    if request.closed_at is not None:
        waited = numbers(request, now=request.closed_at).waited
        request.response_seconds = int(waited.total_seconds())
    if request.fires_at is not None and request.breached_at is None:
        request.fires_at = (None if request.warned_at else request.warn_at) or request.due_at
    request.notices_outdated = True
    request.save()
    RequestEvent.objects.create(request=request, kind=RequestEvent.Kind.OPENING_MOVED, at=message.sent_at)


def _origin(message: Message) -> str:
    return Request.Origin.PRIVATE if message.is_private else Request.Origin.CHAT


def join(request: Request, message: Message, part: str = RequestMessage.Part.CLIENT) -> None:
    """Make the message part of the request; its timer does not move (REQ-04)."""
    RequestMessage.objects.create(request=request, message=message, part=part)


def take_terms(request: Request, policy: Policy, version: CalendarVersion) -> None:
    """Write a policy and a calendar down on the request, with the instants that follow from them (REQ-06)."""
    for field, kept in POLICY_TERMS.items():
        setattr(request, kept, getattr(policy, field))
    request.calendar_version = version
    set_instants(request)


def set_instants(request: Request) -> None:
    """Compute when the request warns and is due from its terms and its pauses (ALR-01, TIM-08).

    In a calendar that ends before, it is never due; it is recomputed when the calendar is mended (WT-06, TIM-04).
    """
    try:
        request.warn_at, request.due_at = first_instants(
            work_calendar(request.calendar_version),
            opened_at=request.opened_at,
            target=timedelta(minutes=request.target_minutes),
            warning_percent=request.warning_percent,
            paused=timedelta(seconds=request.paused_seconds),
        )
    except NoWorkingTime:
        request.warn_at, request.due_at = None, NEVER
