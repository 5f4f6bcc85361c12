"""What a client may know of requests: the open ones of their chats (CLI-06)."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from buhbot.models import Chat, Message
from sla.duty import watched_chats
from sla.models import Request
from sla.selectors import open_requests

REMEMBERED = timedelta(days=90)  # who has written nothing for so long may have left the group


def chats_of_client(telegram_id: int, *, now: datetime) -> QuerySet[Chat]:
    """Return the monitored groups in which the person has written as a client lately."""
    written = Message.objects.filter(
        sender_id=telegram_id, sender=Message.Sender.CLIENT, sent_at__gt=now - REMEMBERED
    )
    return watched_chats().exclude(kind=Chat.Kind.PRIVATE).filter(pk__in=written.values("chat"))


def open_requests_of(chats: QuerySet[Chat]) -> QuerySet[Request]:
    """Return the open requests of the chats, the oldest of each first: everybody in a group reads all of it."""
    rows = open_requests().filter(chat__in=chats)
    return rows.select_related("chat", "calendar_version", "opened_by").order_by("chat", "opened_at", "pk")
