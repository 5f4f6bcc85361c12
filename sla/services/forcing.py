"""What staff order by a command in the client's chat: open, cancel, wait, take (REQ-08, CLI-06)."""

import re

from django.db import transaction

from buhbot.models import Message, User
from buhbot.preferences import preferences
from buhbot.rules import IncomingMessage
from buhbot.services.messages import log_message
from sla.conversation import situation_of
from sla.models import OPEN_STATES, Correction, Label, Request, RequestEvent, RequestMessage
from sla.selectors import may_act
from sla.services.actions import NotAllowed, RequestAlreadyOpen, acknowledge, cancel, reopen
from sla.services.closing import answer
from sla.services.correcting import NotAClientMessage, record_correction
from sla.services.intake import answers_after
from sla.services.opening import join, move_opening, open_request
from sla.services.pausing import pause
from sla.services.trail import audit_act

Origin = Correction.Origin
Kind = RequestEvent.Kind
State = Request.State
NUMBER = re.compile(r"№?\s*(\d{1,18})", re.ASCII)


class NoOpenRequest(Exception):
    """Nothing is open in the topic."""


def open_by_command(command: Message, replied: IncomingMessage | None) -> Request:
    """Open a request from the client's message that the command replies to, with that message's date (REQ-08).

    One that it had opened before and that has ended within the last 24 hours goes on instead. The classifier learns
    from it, even if nothing can be opened (CLS-07): so it is the caller's transaction. Raises NotAllowed,
    NotAClientMessage, RequestAlreadyOpen or TooLateToReopen.
    """
    actor = _commander(command)
    message = _client_message(command, replied)
    record_correction(message, label=Label.REQUEST, actor=actor, origin=Origin.REQUEST, now=command.sent_at)
    with transaction.atomic():
        return _opened(command, message, actor)


def _opened(command: Message, message: Message, actor: User) -> Request:
    waiting = _open_request(command)
    ended = message.opened_requests.exclude(state__in=OPEN_STATES).order_by("-pk").first()
    if waiting is not None:
        taken = _take_in(waiting, message, is_free=ended is None)
        audit_act(taken, Kind.OPENED, actor=actor, now=command.sent_at)
        return taken
    if ended is not None:
        return reopen(ended.pk, actor=actor, now=command.sent_at)
    request = open_request(message, actor=actor)
    audit_act(request, Kind.OPENED, actor=actor, now=command.sent_at)
    reply = answers_after(command, preferences()).first()  # given after the command, delivered before it
    if reply is not None:
        answer(request, reply)
    return request


@transaction.atomic
def cancel_by_command(command: Message) -> Request:
    """Cancel the open request of the topic as none, which teaches the classifier (REQ-08, CLS-07).

    Raises NotAllowed or NoOpenRequest.
    """
    actor = _commander(command)
    request = _open_request(command)
    if request is None or request.opened_at > command.sent_at:
        raise NoOpenRequest
    record_correction(
        request.opened_by, label=Label.SPAM, actor=actor, origin=Origin.NOREQUEST, now=command.sent_at
    )
    return cancel(request.pk, actor=actor, now=command.sent_at)


@transaction.atomic
def wait_by_command(command: Message) -> Request:
    """Pause the open request of the topic until the client writes (REQ-08, TIM-08).

    Raises NotAllowed, NoOpenRequest or AlreadyPaused.
    """
    actor = _commander(command)
    request = _open_request(command)
    if request is None or request.opened_at > command.sent_at:
        raise NoOpenRequest
    pause(request, actor=actor, at=command.sent_at)
    audit_act(request, Kind.PAUSED, actor=actor, now=command.sent_at, before=State.OPEN)
    return request


@transaction.atomic
def take_by_command(command: Message, replied: IncomingMessage | None) -> Request:
    """Mark a request as taken into work: that of the number, of the message replied to, or of the topic (CLI-06).

    Raises NotAllowed, NoOpenRequest or RequestAlreadyClosed.
    """
    actor = _commander(command)
    number = NUMBER.fullmatch(command.text.partition(" ")[2].strip())
    request = (
        Request.objects.filter(pk=int(number[1]), chat=command.chat).first()
        if number
        else _request_of(replied, command)
    )
    if request is None or request.opened_at > command.sent_at:
        raise NoOpenRequest
    return acknowledge(request.pk, actor=actor, now=command.sent_at)


def _request_of(replied: IncomingMessage | None, command: Message) -> Request | None:
    """The open request of the topic, unless the message that is replied to belongs to one that has ended."""
    waiting = _open_request(command)
    if replied is None:
        return waiting
    said = RequestMessage.objects.filter(
        request__chat=command.chat,
        message__telegram_chat_id=replied.chat.telegram_id,
        message__telegram_message_id=replied.message_id,
    )
    meant = set(said.values_list("request_id", flat=True))
    return waiting if waiting is None or not meant or waiting.pk in meant else None


def _commander(command: Message) -> User:
    if command.staff is None or not may_act(command.staff, command.chat):
        raise NotAllowed
    return command.staff


def _open_request(command: Message) -> Request | None:
    rows = (
        Request.objects.select_for_update(of=("self",))
        .select_related("chat", "calendar_version", "opened_by")
        .filter(chat=command.chat, topic_id=command.topic_id, state__in=OPEN_STATES)
    )
    return rows.first()


def _client_message(command: Message, replied: IncomingMessage | None) -> Message:
    """The message that is replied to; one that the bot has not seen is logged now."""
    if replied is None:
        raise NotAClientMessage
    known = situation_of(replied, command.chat)
    message = (
        log_message(replied, chat=command.chat, staff_id=known.staff_id)
        if known.message_id is None
        else Message.objects.get(pk=known.message_id)
    )
    if message.sender != Message.Sender.CLIENT:
        raise NotAClientMessage
    return message


def _take_in(request: Request, message: Message, *, is_free: bool) -> Request:
    """Let the open request take the message in; one that opened a request of its own moves nobody else's opening."""
    if not is_free or request.request_messages.filter(message=message).exists():
        raise RequestAlreadyOpen
    join(request, message)
    if message.sent_at < request.opened_at:
        move_opening(request, message)
    return request
