"""Stop a request's clock while the firm waits for the client, and let it run again (TIM-08).

When it stood still is read from the events, so that news which come late put it right: a pause lasts from its event
to the first word of the client after it, or to the end of the request.
"""

from datetime import datetime, timedelta

from buhbot.models import Message, User
from buhbot.services.calendars import work_calendar
from sla.models import Alert, Request, RequestEvent, RequestMessage
from sla.rules import FIRST_LEVEL, Pause, pauses
from sla.selectors import numbers
from sla.services.opening import set_instants
from sla.services.timers import fire_until, resume

Kind = RequestEvent.Kind
State = Request.State
KINDS = (Kind.PAUSED, Kind.RESUMED)


class AlreadyPaused(Exception):
    """The request waits for the client already."""


def pause(request: Request, *, actor: User, at: datetime) -> None:
    """Pause a locked request at the instant; what the client wrote after it resumes it at once (TIM-08, REQ-08).

    What fell due before the instant stays a fact; a breach after it is withdrawn. Raises AlreadyPaused.
    """
    at = max(at, request.opened_at)
    if any(stood.holds(at) for stood in _pauses(request)):
        raise AlreadyPaused
    fire_until(request, at)
    RequestEvent.objects.create(request=request, kind=Kind.PAUSED, at=at, actor=actor)
    spoke_at = _first_word_after(request, at)
    if spoke_at is not None:
        RequestEvent.objects.create(request=request, kind=Kind.RESUMED, at=spoke_at)
    settle(request, at=spoke_at or at)
    request.save()


def hear_client(request: Request, message: Message) -> None:
    """Let a locked request go on when the client writes; a message that comes late shortens a past pause (TIM-08)."""
    if request.paused_at is None and not request.paused_seconds:
        return
    if any(stood.holds(message.sent_at) for stood in _pauses(request)):
        RequestEvent.objects.create(request=request, kind=Kind.RESUMED, at=message.sent_at)
        settle(request, at=message.sent_at)
        request.save()


def settle(request: Request, *, at: datetime) -> None:
    """Bring state, instants and facts of a locked request in line with its pauses; the caller saves it (TIM-08).

    `at` is the latest instant that is known of: a breach whose due comes after it is none.
    """
    escalation_left = _escalation_left(request)
    _count(request)
    set_instants(request)
    _settle_breach(request, request.paused_at or request.closed_at or at)
    request.notices_outdated = True
    if not request.is_open:
        request.response_seconds = int(numbers(request, now=at).waited.total_seconds())
    elif request.paused_at is not None:
        request.state, request.fires_at = State.WAITING_CLIENT, None
    else:
        _go_on(request, at, escalation_left)


def _count(request: Request) -> None:
    """Write down since when the clock stands still, and for how long it did before; an end ends a pause too."""
    stood = _pauses(request)
    if request.closed_at is not None:
        stood = [pause.cut(request.closed_at) for pause in stood]
    request.paused_at = next((pause.start for pause in stood if pause.end is None), None)
    calendar = work_calendar(request.calendar_version)
    paused = sum((calendar.elapsed(p.start, p.end) for p in stood if p.end is not None), timedelta())
    request.paused_seconds = int(paused.total_seconds())


def _go_on(request: Request, at: datetime, escalation_left: timedelta | None) -> None:
    """Let the timers run on; of the wait for the next escalation what was left counts."""
    request.state = State.OPEN
    resume(request)
    if escalation_left is not None and request.next_escalation_at is not None:
        calendar = work_calendar(request.calendar_version)
        request.next_escalation_at = request.fires_at = calendar.deadline(at, escalation_left)


def _escalation_left(request: Request) -> timedelta | None:
    """The working time that was left to the next escalation when the clock stopped."""
    if request.paused_at is None or request.next_escalation_at is None:
        return None
    return work_calendar(request.calendar_version).elapsed(request.paused_at, request.next_escalation_at)


def _settle_breach(request: Request, clock_at: datetime) -> None:
    if request.breached_at is None:
        return
    if request.due_at <= clock_at:
        request.breached_at = request.due_at
        return
    request.breached_at, request.level, request.next_escalation_at = None, 0, None
    RequestEvent.objects.create(request=request, kind=Kind.BREACH_WITHDRAWN, at=clock_at)
    valid = Alert.objects.filter(request=request, withdrawn_at=None, level__gte=FIRST_LEVEL)
    valid.update(withdrawn_at=clock_at)


def _pauses(request: Request) -> list[Pause]:
    events = request.events.filter(kind__in=KINDS).order_by("at", "pk").values_list("kind", "at")
    return pauses((at, kind == Kind.PAUSED) for kind, at in events)


def _first_word_after(request: Request, at: datetime) -> datetime | None:
    words = request.request_messages.filter(part=RequestMessage.Part.CLIENT, message__sent_at__gt=at)
    return words.order_by("message__sent_at").values_list("message__sent_at", flat=True).first()
