"""What clients and staff say to each other through the bot in private, and the call for an accountant (CLI-03, CLI-10).

It belongs to the client's chat: logged there, outside of any topic, and it opens, joins and ends requests there.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from buhbot.models import Chat, Message, User
from buhbot.rules import IncomingMessage
from buhbot.services.messages import log_message, record_edit, say_instead
from sla.conversation import situation_of
from sla.models import OPEN_STATES, Alert, AlertKind, Classification, Label, Request, RequestEvent
from sla.rules import ends_request
from sla.selectors import may_act
from sla.services.actions import ChatNotWatched, NotAllowed
from sla.services.intake import hear_again, hear_staff, let_act, let_edit_act

CALL = "call"  # version of the classification of a call
CALL_AT_MOST_EVERY = timedelta(minutes=1)
Sender = Message.Sender


class CalledAlready(Exception):
    """The client asked for the accountant less than a minute ago."""


@transaction.atomic
def register_private(incoming: IncomingMessage, *, chat: Chat, now: datetime) -> Message | None:
    """Log what a client wrote to the bot in private as said in the chat that is meant (CLI-10, CLI-05).

    It is classified, opens or joins a request there. Returns None for a repeat. Raises ChatNotWatched.
    """
    here = _locked(chat)
    said = replace(incoming, topic_id=0)
    known = situation_of(said, here)
    if known.message_id is not None or said.person is None:
        return None
    message = log_message(said, chat=here, staff_id=None, private_with=said.person.telegram_id)
    let_act(message, said, known, now=now)
    return message


@transaction.atomic
def register_private_edit(incoming: IncomingMessage, *, now: datetime) -> Message | None:
    """Keep the revision of what was said in private; a client's is classified again (REQ-05, CLI-10).

    Returns None for what is unknown, known already, or a command that the bot has turned into words.
    """
    known = Message.objects.filter(
        telegram_chat_id=incoming.chat.telegram_id,
        telegram_message_id=incoming.message_id,
        private_with__isnull=False,
    )
    before = known.select_related("chat").first()
    if before is None or (before.staff_id is not None and incoming.is_command):
        return None
    chat = Chat.objects.select_for_update(no_key=True).get(pk=before.chat_id)
    message = record_edit(incoming) if chat.is_watched else None
    if message is not None and message.sender == Sender.CLIENT:
        let_edit_act(message, situation_of(replace(incoming, topic_id=0), chat), now=now)
    return message


@transaction.atomic
def answer_in_private(
    incoming: IncomingMessage, *, chat: Chat, staff: User, client_id: int, text: str = ""
) -> Message | None:
    """Log what staff said to a client through the bot; it ends the open request at its own date (CLI-10, ANS-03).

    `text` is what the bot says instead of a command (TPL-02). Returns None for a repeat. Raises ChatNotWatched, or
    NotAllowed for somebody who has no right on the chat any more.
    """
    here = _locked(chat)
    if not may_act(staff, here):
        raise NotAllowed
    said = replace(incoming, topic_id=0)
    known = situation_of(said, here)
    if known.message_id is not None:
        return None
    message = log_message(said, chat=here, staff_id=staff.pk, private_with=client_id)
    if text:
        say_instead(message, text)
    if ends_request(said.kind, is_command=said.is_command and not text):
        hear_staff(message, known.preferences)
    return message


@transaction.atomic
def call_accountant(incoming: IncomingMessage, *, chat: Chat, wish: str, now: datetime) -> Message | None:
    """Open or join a request because the client asks for the accountant, and have the accountant told at once (CLI-03).

    `wish` marks the request. Returns None for a repeat. Raises ChatNotWatched, or CalledAlready within a minute of the
    same person's call before.
    """
    here = _locked(chat)
    is_private = incoming.chat.kind == Chat.Kind.PRIVATE
    said = replace(incoming, topic_id=0) if is_private else incoming
    if said.person is None or situation_of(said, here).message_id is not None:
        return None
    if _has_called(said.person.telegram_id, said.sent_at):
        raise CalledAlready
    with_whom = said.person.telegram_id if is_private else None
    message = log_message(said, chat=here, staff_id=None, private_with=with_whom)
    _classify(message)
    hear_again(message, Label.REQUEST)
    request = Request.objects.filter(request_messages__message=message, state__in=OPEN_STATES).first()
    if request is not None:
        _call(request, wish, at=message.sent_at)
    return message


def _has_called(telegram_id: int, at: datetime) -> bool:
    calls = Message.objects.filter(sender=Sender.CLIENT, sender_id=telegram_id, classification__version=CALL)
    return calls.filter(sent_at__gt=at - CALL_AT_MOST_EVERY, sent_at__lt=at + CALL_AT_MOST_EVERY).exists()


def _classify(message: Message) -> None:
    rules = Classification.Source.RULES
    Classification.objects.create(
        message=message, label=Label.REQUEST, confidence=1.0, source=rules, version=CALL
    )


def _call(request: Request, wish: str, *, at: datetime) -> None:
    """Mark the request, and state the fact of which the accountants on duty are told."""
    if wish not in request.wish.split("; "):
        request.wish = "; ".join(filter(None, [request.wish, wish]))[:200]
        request.notices_outdated = True
        request.save(update_fields=["wish", "notices_outdated"])
    RequestEvent.objects.create(request=request, kind=RequestEvent.Kind.CALLED, at=at)
    Alert.objects.get_or_create(request=request, kind=AlertKind.CALL, level=request.level, instant=at)


def _locked(chat: Chat) -> Chat:
    """Lock the chat, so that its settings hold and nothing else is heard in it meanwhile. Raises ChatNotWatched."""
    here = Chat.objects.select_for_update(no_key=True).get(pk=chat.pk)
    if not here.is_watched:
        raise ChatNotWatched
    return here
