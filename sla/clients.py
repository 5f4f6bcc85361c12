"""What a client may know of requests: the open ones of their chats (CLI-06)."""

from collections.abc import Collection

from django.db.models import QuerySet

from buhbot.models import Chat
from sla.models import Request
from sla.selectors import open_requests


def open_requests_of(chats: Collection[Chat]) -> QuerySet[Request]:
    """Return the open requests of the chats, the oldest of each first: everybody in a group reads all of it."""
    rows = open_requests().filter(chat__in=chats)
    return rows.select_related("chat", "calendar_version", "opened_by").order_by("chat", "opened_at", "pk")
