"""Stop a request's clock while the firm waits for the client, and let it run again (TIM-08).

When it stood still is read from the events, so that news which come late put it right: a pause lasts from its event
to the first word of the client after it, or to the end of the request.
"""

from datetime import datetime, timedelta

from buhbot.models import Message, User
from buhbot.services.calendars import work_calendar
from sla.models import Alert, Request, RequestEvent
from sla.rules import BARE_COMMAND, FIRST_LEVEL
from sla.selectors import numbers, pauses_of
from sla.services.opening import set_instants
from sla.services.timers import fire_until, resume

Kind = RequestEvent.Kind
State = Request.State


class AlreadyPaused(Exception):
    """The request waits for the client already."""


def pause(request: Request, *, actor: User, at: datetime) -> None:
    """Pause a locked request at the instant; what the client wrote after it resumes it at once (TIM-08, REQ-08).

    What fell due before the instant stays a fact; a breach after it is withdrawn. Raises AlreadyPaused.
    """
    at = max(at, request.opened_at)
    if any(stood.holds(at) for stood in pauses_of(request)):
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
    if any(stood.holds(message.sent_at) for stood in pauses_of(request)):
        RequestEvent.objects.create(request=request, kind=Kind.RESUMED, at=message.sent_at)
        settle(request, at=message.sent_at)
        request.save()


def go_back(request: Request, *, at: datetime) -> None:
    """Settle a request that is open again: what the client wrote since its end may have ended its pause (REQ-07)."""
    running = next((stood.start for stood in pauses_of(request) if stood.end is None), None)
    spoke_at = _first_word_after(request, running) if running else None
    if spoke_at is not None:
        RequestEvent.objects.create(request=request, kind=Kind.RESUMED, at=spoke_at)
    settle(request, at=at)


def settle(request: Request, *, at: datetime) -> None:
    """Bring state, instants and facts of a locked request in line with its pauses; the caller saves it (TIM-08).

    `at` is the latest instant that is known of: a breach whose due comes after it is none.
    """
    count_pauses(request)
    set_instants(request)
    _settle_breach(request, at)
    request.notices_outdated = True
    if not request.is_open:
        request.response_seconds = int(numbers(request, now=at).waited.total_seconds())
    elif request.paused_at is not None:
        request.state, request.fires_at = State.WAITING_CLIENT, None
    else:
        request.state = State.OPEN
        resume(request)


def count_pauses(request: Request) -> None:
    """Write down since when the clock stands still, and for how long it did before; an end ends a pause too."""
    stood = pauses_of(request)
    if request.closed_at is not None:
        stood = [pause.cut(request.closed_at) for pause in stood]
    request.paused_at = next((pause.start for pause in stood if pause.end is None), None)
    calendar = work_calendar(request.calendar_version)
    paused = sum((calendar.elapsed(p.start, p.end) for p in stood if p.end is not None), timedelta())
    request.paused_seconds = int(paused.total_seconds())


def _settle_breach(request: Request, at: datetime) -> None:
    """Keep a breach whose due came while the clock ran, and withdraw one that is none any more (ANS-04)."""
    if request.breached_at is None:
        return
    clock_at = request.paused_at or request.closed_at or max(at, request.breached_at)
    if request.due_at <= clock_at:
        request.breached_at = min(request.breached_at, request.due_at)
        return
    request.breached_at, request.level, request.next_escalation_at = None, 0, None
    RequestEvent.objects.create(request=request, kind=Kind.BREACH_WITHDRAWN, at=clock_at)
    valid = Alert.objects.filter(request=request, withdrawn_at=None, level__gte=FIRST_LEVEL)
    valid.update(withdrawn_at=clock_at)


def _first_word_after(request: Request, at: datetime) -> datetime | None:
    """When the client wrote first after the instant, whether it was part of the request or not."""
    words = request.chat.messages.filter(
        topic_id=request.topic_id, sender=Message.Sender.CLIENT, sent_at__gt=at
    ).exclude(text__regex=BARE_COMMAND)
    return words.order_by("sent_at").values_list("sent_at", flat=True).first()
