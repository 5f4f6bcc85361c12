"""Tells a client at once when an answer comes: out of hours when the firm is back, in hours if so chosen (CLI-07)."""

from datetime import datetime

from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import clients as texts
from buhbot.models import Chat, Message
from buhbot.preferences import Preferences
from buhbot.services.calendars import work_calendar
from buhbot.worktime import NoWorkingTime
from sla.models import Label, Request

Audience = OutgoingMessage.Audience
ASKING = {Label.REQUEST, Label.CLARIFICATION}


def tell_hours(
    message: Message, request: Request | None, chosen: Preferences, *, now: datetime, to: Chat | None = None
) -> None:
    """Answer a client's message that has opened or joined the request; the message's own date decides.

    `to` is the chat in which it was written, if that is not the request's (CLI-10). Thanks and noise get no answer,
    nor does what is heard of only when the firm is back.
    """
    if request is None or not request.is_open or message.classification.label not in ASKING:
        return
    place = to or message.chat
    if work_calendar(request.calendar_version).is_working(message.sent_at):
        if chosen.confirms_requests and request.opened_by_id == message.pk:
            _confirm(message, request, place, now)
    elif chosen.tells_opening if request.chat.tells_opening is None else request.chat.tells_opening:
        _tell_opening(message, request, place, now)


def _tell_opening(message: Message, request: Request, to: Chat, now: datetime) -> None:
    """Say once a closed span from when on somebody is there; a calendar that never opens says nothing.

    What was said in the group is not said again in private, nor the other way round to the same person.
    """
    version = request.calendar_version
    try:
        opens_at = work_calendar(version).next_opening(message.sent_at)
    except NoWorkingTime:
        return
    if opens_at > now and not _is_told(message, opens_at):
        text = texts.closed(opens_at, now=now, zone=version.time_zone)
        _reply(message, to, text, dedupe_key=_closed_key(to.pk, opens_at))


def _is_told(message: Message, opens_at: datetime) -> bool:
    """Whether the sender has read it, in the group or alone with the bot."""
    alone = Chat.objects.filter(kind=Chat.Kind.PRIVATE, telegram_id=message.sender_id or 0)
    places = [message.chat_id, *alone.values_list("pk", flat=True)]
    keys = [_closed_key(place, opens_at) for place in places]
    return OutgoingMessage.objects.filter(dedupe_key__in=keys).exists()


def _closed_key(chat_id: int, opens_at: datetime) -> str:
    return f"closed:{chat_id}:{opens_at.timestamp():.0f}"


def _confirm(message: Message, request: Request, to: Chat, now: datetime) -> None:
    """Name the number and the due time, once a request; not when the time has passed already."""
    if request.due_at > now:
        text = texts.accepted(request.pk, request.due_at, now=now, zone=request.calendar_version.time_zone)
        _reply(message, to, text, dedupe_key=f"accepted:{request.pk}")


def _reply(message: Message, to: Chat, text: str, *, dedupe_key: str) -> None:
    queue_message(
        to,
        audience=Audience.CLIENT,
        text=text,
        reply_to_message_id=message.telegram_message_id,
        topic_id=message.topic_id if to == message.chat else 0,
        dedupe_key=dedupe_key,
    )
