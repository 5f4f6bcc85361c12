"""Requests that a client opens by a button: a quick button, a service (CLI-04, CLI-08)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from buhbot.models import Chat, Message
from sla.models import Classification, Label, Request
from sla.services.actions import ChatNotWatched
from sla.services.opening import TEXT_LENGTH, join, open_request
from sla.services.pausing import hear_client
from sla.services.topic import topic_of

BY_BUTTON = "button"
MAX_WISHES = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client orders: its short name, what the log says, and who pressed.

    `number` stands for the press in the log, below zero and never used before: a press is no message of Telegram's.
    `since` is when the person began to order: what they said since then was about it.
    """

    name: str
    text: str
    number: int
    person_id: int
    person_name: str
    topic_id: int = 0
    is_private: bool = False
    since: datetime | None = None


@transaction.atomic
def order(chat: Chat, wish: Wish, *, now: datetime) -> tuple[Request, bool]:
    """Let a wish open a request in the client's chat, or join the open one of the topic, which then says so too.

    Returns the request and whether the wish is new: the same person's same wish in an open request is no second one.
    A press has no date of Telegram's, so `now` counts, in whole seconds like theirs. Raises ChatNotWatched.
    """
    known = Chat.objects.select_for_update(no_key=True).get(pk=chat.pk)
    if not known.is_watched:
        raise ChatNotWatched
    same = _same(known, wish)
    if same is not None:
        return same, False
    message = _logged(known, wish, now)
    request = topic_of(message).open
    if request is None:
        request = open_request(message)
    else:
        join(request, message)
        hear_client(request, message)
    _note(request, wish)
    return request, True


def _same(chat: Chat, wish: Wish) -> Request | None:
    said = Message.objects.filter(
        chat=chat, topic_id=wish.topic_id, telegram_message_id__lt=0, sender_id=wish.person_id, text=wish.text
    )
    return Request.objects.filter(closed_at=None, request_messages__message__in=said).first()


def _logged(chat: Chat, wish: Wish, now: datetime) -> Message:
    message = Message.objects.create(
        chat=chat,
        telegram_chat_id=chat.telegram_id,
        telegram_message_id=wish.number,
        topic_id=wish.topic_id,
        kind=Message.Kind.TEXT,
        text=wish.text,
        sender=Message.Sender.CLIENT,
        sender_id=wish.person_id,
        sender_name=wish.person_name[:255],
        sent_at=now.replace(microsecond=0),
        private_with=wish.person_id if wish.is_private else None,
    )
    Classification.objects.create(
        message=message,
        label=Label.REQUEST,
        confidence=1.0,
        source=Classification.Source.RULES,
        version=BY_BUTTON,
    )
    return message


def _note(request: Request, wish: Wish) -> None:
    """Let the request say what was ordered; messages of ours about it are to say so too."""
    wishes = list(dict.fromkeys(filter(None, [*request.wish.split("; "), wish.name])))
    request.wish = "; ".join(wishes)[:MAX_WISHES]
    if _is_of_order(request, wish):
        request.text = wish.text[:TEXT_LENGTH]
    request.notices_outdated = True
    request.save(update_fields=["wish", "text", "notices_outdated"])


def _is_of_order(request: Request, wish: Wish) -> bool:
    """Whether an answer to a question of the order opened the request: then the order says better what it is about."""
    if wish.since is None or request.opened_by.sender_id != wish.person_id:
        return False
    return request.opened_at >= wish.since.replace(microsecond=0)
