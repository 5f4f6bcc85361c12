"""Messages as bubbles, on the page of a request and on that of a chat (ADM-03, ADM-04)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from buhbot.models import Message, MessageRevision, User
from buhbot.selectors import visible_messages
from sla.admin.classes import Said, said_of
from sla.admin.words import moment
from sla.models import Request

SHOWN_MESSAGES = 100
SHOWN_AROUND = 5
SIDES = {Message.Sender.CLIENT: "client", Message.Sender.BOT: "bot", Message.Sender.IGNORED: "aside"}


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of the conversation; `before` are the texts that edits replaced, the oldest first.

    What Telegram says of the group, and a channel's post, is nobody's turn: it stands aside (REQ-02).
    """

    side: str
    name: str
    text: str
    at: str
    is_edited: bool
    before: tuple[str, ...]
    said: Said | None
    is_around: bool = False
    is_private: bool = False
    is_undelivered: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is shown of a request's conversation; `left_out`: there is more of it than that."""

    bubbles: list[Bubble]
    left_out: bool


def bubble(message: Any, *, now: datetime, is_around: bool = False) -> Bubble:
    """Say of a message who wrote what, when."""
    return Bubble(
        side=SIDES.get(Message.Sender(message.sender), "staff"),
        name=str(message.staff) if message.staff else message.sender_name or message.get_sender_display(),
        text=message.text or message.file_name or f"[{message.get_kind_display()}]",
        at=moment(message.sent_at, now=now),
        is_edited=message.edited_at is not None,
        before=tuple(message.texts_before),
        said=said_of(message),
        is_around=is_around,
        is_private=message.is_private,
        is_undelivered=message.sender == Message.Sender.UNDELIVERED,
    )


def told_by(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Read with the messages all that a bubble shows."""
    before = MessageRevision.objects.filter(message=OuterRef("pk")).order_by("replaced_at").values("text")
    return messages.select_related("staff", "classification").annotate(texts_before=ArraySubquery(before))


def conversation_of(request: Request, *, user: User, now: datetime) -> Conversation:
    """Return what was said in the topic while the request was open, the newest of much, and around it (ADM-03)."""
    said = told_by(visible_messages(user).filter(chat=request.chat, topic_id=request.topic_id))
    end = request.closed_at or now
    newest = said.filter(sent_at__lte=end).order_by("-sent_at", "-telegram_message_id")
    found = list(newest[: SHOWN_MESSAGES + SHOWN_AROUND])[::-1]
    within = [message for message in found if message.sent_at >= request.opened_at]
    before = [message for message in found if message.sent_at < request.opened_at]
    after = said.filter(sent_at__gt=end).order_by("sent_at", "pk")[:SHOWN_AROUND] if request.closed_at else ()
    return Conversation(
        [
            *_bubbles(before[-SHOWN_AROUND:], now, is_around=True),
            *_bubbles(within[-SHOWN_MESSAGES:], now),
            *_bubbles(after, now, is_around=True),
        ],
        left_out=len(within) > SHOWN_MESSAGES,
    )


def _bubbles(messages: Iterable[Any], now: datetime, *, is_around: bool = False) -> list[Bubble]:
    return [bubble(message, now=now, is_around=is_around) for message in messages]
