"""How far a broadcast is: numbers, and which chats it has not reached and why (STF-05)."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from buhbot.admin.mailings import NAMED_CHATS, Named, why_left_out
from buhbot.models import Broadcast, BroadcastDelivery, NotArrived

State = BroadcastDelivery.State
MISSED = (State.FAILED, State.SKIPPED)
SENT, WRITTEN_TO = Q(state=State.SENT), ~Q(state=State.SKIPPED)


@dataclass(frozen=True, slots=True)
class Progress:
    """The copies of a broadcast by what became of them; reasons in words, with their numbers."""

    counts: dict[str, int] = field(default_factory=dict)
    failed_because: tuple[tuple[str, int], ...] = ()
    left_out_because: tuple[tuple[str, int], ...] = ()

    @property
    def sent(self) -> int:
        return self.counts.get(State.SENT, 0)

    @property
    def failed(self) -> int:
        return self.counts.get(State.FAILED, 0)

    @property
    def left_out(self) -> int:
        return self.counts.get(State.SKIPPED, 0)

    @property
    def stopped(self) -> int:
        return self.counts.get(State.STOPPED, 0)

    @property
    def waiting(self) -> int:
        return self.counts.get(State.WAITING, 0) + self.counts.get(State.QUEUED, 0)

    @property
    def to_write(self) -> int:
        """How many were to be written to."""
        return sum(self.counts.values()) - self.left_out

    @property
    def ended(self) -> int:
        return self.to_write - self.waiting


def copies_with(condition: Q) -> Coalesce:
    """Count, beside each broadcast, its copies that fit; nothing is joined, so that a list counts for its page only."""
    copies = BroadcastDelivery.objects.filter(condition, broadcast=OuterRef("pk"))
    counted = copies.order_by().values("broadcast").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


def progress_of(broadcast: Broadcast) -> Progress:
    """Count a broadcast's copies."""
    rows = broadcast.deliveries.order_by().values_list("state", "reason").annotate(Count("pk"))
    counts: dict[str, int] = {}
    reasons: dict[str, list[tuple[str, int]]] = {State.FAILED: [], State.SKIPPED: []}
    for state, reason, number in sorted(rows):
        counts[state] = counts.get(state, 0) + number
        if state in reasons:
            reasons[state].append((why(reason), number))
    return Progress(counts, tuple(reasons[State.FAILED]), tuple(reasons[State.SKIPPED]))


def missed(broadcast: Broadcast, *, most: int = NAMED_CHATS) -> dict[str, Any]:
    """Return the chats that a broadcast has not reached, the first of them by name."""
    rows: QuerySet[Any] = broadcast.deliveries.filter(state__in=MISSED).select_related("chat")
    first = rows.order_by("state", "chat__client_name", "chat__title", "pk")[:most]
    named = [Named(row.chat_id, str(row.chat), "", why(row.reason)) for row in first]
    return {"named": named, "more": rows.count() - len(named)}


def why(reason: str) -> str:
    """Say in words why a chat was not reached."""
    if reason in NotArrived:
        return str(NotArrived(reason).label)
    return why_left_out(reason) if reason else _("for an unknown reason")
