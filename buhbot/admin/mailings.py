"""What the pages of segments, broadcasts and surveys share: who is written to, and who is left out and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from buhbot.audience import Reasons, judged, tally
from buhbot.models import Chat, LeftOut

NAMED_CHATS = 300


@dataclass(frozen=True, slots=True)
class Named:
    """A chat as a list of an audience names it; `why` says that it is left out."""

    pk: int
    name: str
    title: str
    why: str


def listed(chats: QuerySet[Chat], reasons: Reasons, *, most: int = NAMED_CHATS) -> dict[str, Any]:
    """Return what a page says of chosen chats: the numbers, and the first of them by name."""
    found = judged(chats, reasons)
    count = tally(found)
    rows = found.order_by("left_out", "client_name", "title", "pk")[:most]
    return {
        "tally": count,
        "left_out": [(why_left_out(reason), number) for reason, number in sorted(count.left_out.items())],
        "named": list(_named(rows)),
        "more": max(0, count.chosen - most),
    }


def _named(rows: QuerySet[Any]) -> Iterator[Named]:
    for chat in rows:
        title = chat.title if chat.title != str(chat) else ""
        yield Named(chat.pk, str(chat), title, why_left_out(chat.left_out) if chat.left_out else "")


def why_left_out(reason: str) -> str:
    """Say in words why a chat is not written to."""
    return str(LeftOut(reason).label) if reason in LeftOut else _("left out")
