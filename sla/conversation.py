"""Reads what was said around a client message, for the classifier (CLS-03)."""

from django.db.models import Exists, QuerySet, Subquery

from buhbot.models import Chat, Message
from sla.classifier import Context
from sla.models import OPEN_STATES, Request


def context_of(message: Message) -> Context:
    """Return what is open in the topic and what staff said: what is replied to, else the last before it."""
    spoken = _staff_before(message)
    replied = _replied_to(message)
    found = (
        Chat.objects.filter(pk=message.chat_id)
        .annotate(
            is_open=Exists(_open_before(message)),
            staff_at=Subquery(spoken.values("sent_at")[:1]),
            staff_text=Subquery(spoken.values("text")[:1]),
            replied_text=Subquery(replied.values("text")[:1]),
        )
        .values("is_open", "staff_at", "staff_text", "replied_text")
        .get()
    )
    return Context(
        has_open_request=found["is_open"],
        staff_text=found["replied_text"] or found["staff_text"] or "",
        since_staff=found["staff_at"] and message.sent_at - found["staff_at"],
        is_reply_to_staff=bool(found["replied_text"]),
    )


def _open_before(message: Message) -> QuerySet[Request]:
    """The open request of the topic, unless it came later or from this message itself."""
    return Request.objects.filter(
        chat=message.chat_id,
        topic_id=message.topic_id,
        state__in=OPEN_STATES,
        opened_at__lte=message.sent_at,
    ).exclude(opened_by=message.pk)


def _staff_before(message: Message) -> QuerySet[Message]:
    return Message.objects.filter(
        chat=message.chat_id,
        topic_id=message.topic_id,
        sender=Message.Sender.STAFF,
        sent_at__lte=message.sent_at,
    ).order_by("-sent_at")


def _replied_to(message: Message) -> QuerySet[Message]:
    return Message.objects.filter(
        telegram_chat_id=message.telegram_chat_id,
        telegram_message_id=message.reply_to_message_id or 0,
        sender=Message.Sender.STAFF,
    )
