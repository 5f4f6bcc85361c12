"""Open a request from a message, and move its opening when an earlier message turns up."""

from datetime import datetime, timedelta

from buhbot.models import CalendarVersion, Message
from buhbot.services.calendars import work_calendar
from sla.models import Request, RequestEvent, RequestMessage
from sla.rules import first_instants
from sla.selectors import accountants_of, calendar_version_of, policy_of

TEXT_LENGTH = 500


def open_request(message: Message, *, closed_at: datetime | None = None) -> Request:
    """Open a request with the message's Telegram date and the terms in force now (REQ-04, REQ-06).

    With `closed_at` it is born answered: its question was delivered after its answer.
    """
    chat = message.chat
    policy, version = policy_of(chat), calendar_version_of(chat)
    warn_at, due_at = _instants(message, version, policy.target_minutes, policy.warning_percent)
    request = Request.objects.create(
        chat=chat,
        topic_id=message.topic_id,
        state=Request.State.ANSWERED if closed_at else Request.State.OPEN,
        closed_at=closed_at,
        text=message.text[:TEXT_LENGTH],
        opened_by=message,
        opened_at=message.sent_at,
        policy_name=policy.name,
        target_minutes=policy.target_minutes,
        warning_percent=policy.warning_percent,
        escalation_minutes=policy.escalation_minutes,
        max_level=policy.max_level,
        acknowledge_minutes=policy.acknowledge_minutes,
        calendar_version=version,
        on_duty=[{"id": row.user_id, "name": str(row.user)} for row in accountants_of(chat)],
        warn_at=warn_at,
        due_at=due_at,
        fires_at=None if closed_at else warn_at or due_at,
    )
    RequestEvent.objects.create(request=request, kind=RequestEvent.Kind.OPENED, at=message.sent_at)
    join(request, message)
    return request


def move_opening(request: Request, message: Message) -> None:
    """Let the request open with an earlier message that arrived late; Telegram's clock decides (principle 3)."""
    request.warn_at, request.due_at = _instants(
        message, request.calendar_version, request.target_minutes, request.warning_percent
    )
    request.opened_by, request.opened_at = message, message.sent_at
    request.text = message.text[:TEXT_LENGTH] or request.text
    if request.closed_at is not None:
        worked = work_calendar(request.calendar_version).elapsed(request.opened_at, request.closed_at)
        request.response_seconds, request.notices_outdated = int(worked.total_seconds()), True
    if request.fires_at is not None and request.breached_at is None:
        request.fires_at = (None if request.warned_at else request.warn_at) or request.due_at
    request.save()


def join(request: Request, message: Message, part: str = RequestMessage.Part.CLIENT) -> None:
    """Make the message part of the request; its timer does not move (REQ-04)."""
    RequestMessage.objects.create(request=request, message=message, part=part)


def _instants(
    message: Message, version: CalendarVersion, target_minutes: int, warning_percent: int
) -> tuple[datetime | None, datetime]:
    return first_instants(
        work_calendar(version),
        opened_at=message.sent_at,
        target=timedelta(minutes=target_minutes),
        warning_percent=warning_percent,
    )
