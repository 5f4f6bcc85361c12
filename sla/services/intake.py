"""From a message of a chat to its effect on requests (REQ, ANS)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from buhbot.models import Chat, Message
from buhbot.preferences import Preferences, preferences
from buhbot.rules import IncomingMessage
from buhbot.services.chats import hear_chat, note_presence
from buhbot.services.messages import log_message, record_edit, record_first_text
from sla.conversation import Situation, situation_of
from sla.models import Classification, Label, Request, RequestMessage
from sla.rules import ANSWER_KINDS, COMMAND, ends_request, opens_request
from sla.selectors import by_accepted, is_accepted, last_staff_message_at
from sla.services.classifying import classified, is_request
from sla.services.closing import answer, move_answer
from sla.services.opening import join, move_opening, open_request
from sla.services.pausing import hear_client
from sla.services.topic import is_after_opening, topic_of

Sender = Message.Sender
Part = RequestMessage.Part
NEWS = (Label.REQUEST, Label.CLARIFICATION)  # what an edit may bring that was waited for (TIM-08)


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a message."""

    chat: Chat
    is_new_chat: bool
    message: Message | None = None
    request: Request | None = None  # that a client's message has opened or joined
    preferences: Preferences = Preferences()


@transaction.atomic(savepoint=False)
def register_message(incoming: IncomingMessage, *, now: datetime) -> Intake:
    """Log a message, and let it open, join or end a request (REQ-01 to REQ-04, ANS-01 to ANS-04).

    An unknown chat is registered, unmonitored; what is said in an unmonitored chat is not kept.
    """
    chat, is_new = hear_chat(incoming.chat, sent_at=incoming.sent_at, now=now)
    if incoming.kind != Message.Kind.SERVICE:
        note_presence(chat, sent_at=incoming.sent_at)
    if not chat.is_monitored:
        return Intake(chat, is_new)
    known = situation_of(incoming, chat)
    if known.message_id is not None:
        _hear_first_text(known.message_id, incoming, chat, known.preferences)
        return Intake(chat, is_new)
    message = log_message(incoming, chat=chat, staff_id=known.staff_id)
    request = _take_effect(message, incoming, known, now=now) if chat.is_watched else None
    return Intake(chat, is_new, message, request, known.preferences)


@transaction.atomic(savepoint=False)
def register_edit(incoming: IncomingMessage, *, now: datetime) -> Intake:
    """Keep the revision and classify again; an edit opens a request with the edit's date (REQ-05).

    It never moves a running timer. A message of which only the edit is known is logged as it reads now.
    """
    chat, is_new = hear_chat(incoming.chat, sent_at=incoming.sent_at, now=now)
    if not chat.is_watched:
        return Intake(chat, is_new)
    known = situation_of(incoming, chat)
    message = record_edit(incoming) if known.message_id else _log_edit(incoming, chat, known, now=now)
    if message is None or message.sender != Sender.CLIENT:
        return Intake(chat, is_new, message)
    return Intake(chat, is_new, message, _edited(message, known, now=now), known.preferences)


def _log_edit(incoming: IncomingMessage, chat: Chat, known: Situation, *, now: datetime) -> Message:
    """Log a message of which only the edit came; one of staff ends a request at its own date (REQ-01, ANS-03)."""
    message = log_message(incoming, chat=chat, staff_id=known.staff_id)
    if message.sender != Sender.CLIENT:
        _take_effect(message, incoming, replace(known, is_quiet=False), now=now)
    return message


def _hear_first_text(message_id: int, incoming: IncomingMessage, chat: Chat, chosen: Preferences) -> None:
    """Let a message act that comes after its edit: its first text is kept, and a question opens at its own date.

    Everything else that is known already changes nothing (principle 2).
    """
    message = Message.objects.filter(pk=message_id, edited_at__isnull=False, erased_at=None).first()
    if message is None or incoming.edited_at or message.text == incoming.text or message.revisions.exists():
        return
    record_first_text(message, incoming.text)
    if message.sender != Sender.CLIENT or not chat.is_watched or not is_request(incoming, chat=chat):
        return
    message.chat = chat
    opened = Request.objects.select_for_update(of=("self",)).filter(opened_by=message).first()
    if opened is not None:
        move_opening(opened, message)
    elif not message.request_messages.exists():
        _client_spoke(message, Label.REQUEST, chosen)


def let_act(
    message: Message, incoming: IncomingMessage, known: Situation, *, now: datetime
) -> Request | None:
    """Let a message that was logged now act on the requests of its chat (CLI-10)."""
    return _take_effect(message, incoming, known, now=now)


def let_edit_act(message: Message, known: Situation, *, now: datetime) -> Request | None:
    """Let an edited message of a client act on the requests of its chat (REQ-05, CLI-10)."""
    return _edited(message, known, now=now)


def _edited(message: Message, known: Situation, *, now: datetime) -> Request | None:
    before = Classification.objects.filter(message=message).first()
    if before is not None and before.source == Classification.Source.STAFF:
        return None  # what staff said of the message stands
    was_request = before is not None and before.label == Label.REQUEST
    found = classified(message, known, now=now)
    Classification.objects.update_or_create(message=message, defaults=found)
    waiting = topic_of(message).open
    message.sent_at = message.edited_at or message.sent_at
    if waiting is not None:
        if found["label"] in NEWS and (before is None or before.label != found["label"]):
            hear_client(waiting, message)
        return None
    if found["label"] != "REQUEST" or was_request:
        return None
    request = open_request(message)
    answer_from_log(request, known.preferences)
    return request


def hear_again(message: Message, label: str) -> None:
    """Let a message act by a class that became known later, as if it had come with it (CLS-01, CLS-07).

    A request that it opens has the message's date, or that of its edit (REQ-05), and ends at an answer given since.
    """
    message.sent_at = message.edited_at or message.sent_at
    _client_spoke(message, label, preferences())


def would_open(message: Message, label: str) -> bool:
    """Say whether a message of the class opens a request when none is open (REQ-04)."""
    return _opens(message, label, preferences(), since_staff=_since_staff(message))


def _take_effect(
    message: Message, incoming: IncomingMessage, known: Situation, *, now: datetime
) -> Request | None:
    is_staff = message.sender == Sender.STAFF or (
        message.sender == Sender.ANONYMOUS_ADMIN and known.preferences.anonymous_admins_answer
    )
    if is_staff and not known.is_quiet and ends_request(message.kind, is_command=incoming.is_command):
        hear_staff(message, known.preferences)
    if message.sender == Sender.CLIENT and not _is_bare_command(incoming):
        return _client_wrote(message, known, now=now)
    return None


def _client_wrote(message: Message, known: Situation, *, now: datetime) -> Request | None:
    found = classified(message, known, now=now)
    Classification.objects.create(message=message, **found)
    if not known.is_quiet:
        return _client_spoke(message, found["label"], known.preferences)
    if _opens(message, found["label"], known.preferences, since_staff=known.context.since_staff):
        return open_request(message)
    return None


def _is_bare_command(incoming: IncomingMessage) -> bool:
    """A command alone says nothing; with words behind it, it may ask for something (principle 7)."""
    return incoming.is_command and len(incoming.text.split(maxsplit=1)) == 1


def _client_spoke(message: Message, label: str, chosen: Preferences) -> Request | None:
    """Let a client's message act where something is open, has ended, or was said later; return its request (REQ-04)."""
    topic = topic_of(message)
    request = topic.open
    is_inside = request is not None and message.sent_at >= request.opened_at
    around = request if is_inside else next(iter(topic.closed), None)
    if around is not None:
        join(around, message)
        hear_client(around, message)
        return around
    if _opens(message, label, chosen, since_staff=_since_staff(message)):
        return _question(message, request, chosen)
    return None


def _question(message: Message, request: Request | None, chosen: Preferences) -> Request:
    """Put a question in its place: into the request that its answer ended, before the open one, or a new one."""
    reply = answers_after(message, chosen).first()
    if request is not None and (reply is None or reply.sent_at >= request.opened_at):
        return _open_earlier(request, message)
    if reply is None:
        return open_request(message)
    if ended := _ended_by(reply):
        if message.sent_at < ended.opened_at:
            return _open_earlier(ended, message)
        join(ended, message)
        return ended
    answered = open_request(message, closed_at=reply.sent_at if request else None)
    answer(answered, reply)
    return answered


def _open_earlier(request: Request, message: Message) -> Request:
    join(request, message)
    move_opening(request, message)
    return request


def _opens(message: Message, label: str, chosen: Preferences, *, since_staff: timedelta | None) -> bool:
    return opens_request(
        label,
        kind=message.kind,
        has_text=bool(message.text),
        since_staff=since_staff,
        grace=timedelta(minutes=chosen.clarification_minutes),
    )


def _since_staff(message: Message) -> timedelta | None:
    spoke_at = last_staff_message_at(message.chat, topic_id=message.topic_id, before=message.sent_at)
    return message.sent_at - spoke_at if spoke_at else None


def hear_staff(message: Message, chosen: Preferences) -> None:
    """Let a message of staff end the request in whose life it falls, or show on it (ANS-01 to ANS-04)."""
    is_counted = _counts(message, chosen)
    topic = topic_of(message)
    if topic.open is not None and is_after_opening(topic.open, message):
        if is_counted:
            answer_now(topic.open, message, chosen, end=answer)
        else:
            join(topic.open, message, Part.OTHER_STAFF)
        return
    past = next((request for request in topic.closed if request.state == Request.State.ANSWERED), None)
    if past is not None and is_counted and is_after_opening(past, message):
        answer_now(past, message, chosen, end=move_answer)


def _counts(message: Message, chosen: Preferences) -> bool:
    if message.is_private:
        return True  # it was allowed when it was passed on to the client (CLI-10)
    if message.staff is None:
        return message.sender == Sender.ANONYMOUS_ADMIN
    return is_accepted(message.staff, message.chat, any_staff=chosen.any_staff_answers, at=message.sent_at)


def answer_now(
    request: Request, message: Message, chosen: Preferences, *, end: Callable[[Request, Message], None]
) -> None:
    """Answer the request; what the client wrote after a late-delivered answer is looked at anew."""
    later = RequestMessage.objects.filter(request=request, message__sent_at__gt=message.sent_at)
    spoken = sorted(
        (row.message for row in later.select_related("message__chat", "message__classification")),
        key=lambda said: (said.sent_at, said.telegram_message_id),
    )
    if spoken:
        later.delete()
    end(request, message)
    for said in spoken:
        if said.sender == Sender.CLIENT:
            _client_spoke(said, said.classification.label, chosen)


def answer_from_log(request: Request, chosen: Preferences) -> None:
    """Answer a request whose question was delivered after its answer."""
    reply = answers_after(request.opened_by, chosen).first()
    if reply is not None:
        answer(request, reply)


def answers_after(message: Message, chosen: Preferences) -> QuerySet[Message]:
    """Return the counted staff messages after this one in its topic, earliest first (ANS-01, ANS-02)."""
    is_later = Q(sent_at__gt=message.sent_at) | Q(
        sent_at=message.sent_at, telegram_message_id__gt=message.telegram_message_id
    )
    counted = Message.objects.filter(
        is_later, chat=message.chat, topic_id=message.topic_id, kind__in=ANSWER_KINDS
    ).exclude(text__regex=COMMAND)
    accepted = Q(sender=Sender.STAFF)
    if not chosen.any_staff_answers:
        accepted &= Q(by_accepted()) | Q(private_with__isnull=False)
    if chosen.anonymous_admins_answer:
        accepted |= Q(sender=Sender.ANONYMOUS_ADMIN)
    return counted.filter(accepted).order_by("sent_at", "telegram_message_id")


def _ended_by(reply: Message) -> Request | None:
    return Request.objects.select_for_update(of=("self",)).filter(answer=reply).first()
