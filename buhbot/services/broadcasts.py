"""The life of a broadcast: released once, begun when its time has come, stopped or finished (STF-05)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from buhbot.audience import OF_BROADCASTS, Tally, chosen_chats, judged, tally
from buhbot.models import Broadcast, BroadcastDelivery
from buhbot.services.mailings import make_deliveries

State = Broadcast.State
DELIVERY_PENDING = (BroadcastDelivery.State.WAITING, BroadcastDelivery.State.QUEUED)


class NotADraft(Exception):
    """It was released already."""


class NobodyToWriteTo(Exception):
    """No chat of the audience can be written to."""


class StartInThePast(ValueError):
    """A broadcast cannot begin before now."""


def audience_of(broadcast: Broadcast) -> Tally:
    """Return how many chats the broadcast goes to now, and who is left out."""
    return tally(judged(chosen_chats(broadcast), OF_BROADCASTS))


def lock_draft(broadcast: Broadcast) -> Broadcast:
    """Hold a draft until the end of the transaction, and return it as it is now. Raises NotADraft."""
    row = Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk)
    if not row.is_draft:
        raise NotADraft(row.state)
    return row


@transaction.atomic
def delete_draft(broadcast: Broadcast) -> bool:
    """Delete a draft; False: it is none any more."""
    try:
        lock_draft(broadcast).delete()
    except NotADraft:
        return False
    return True


@transaction.atomic
def release_broadcast(broadcast: Broadcast, *, start_at: datetime | None, now: datetime) -> Broadcast:
    """Let the bot send a draft at the instant, or at once when there is none; of two who press, one does it.

    Raises NotADraft, NobodyToWriteTo, StartInThePast.
    """
    row = lock_draft(broadcast)
    if start_at is not None and start_at <= now:
        raise StartInThePast(start_at)
    if not audience_of(row).included:
        raise NobodyToWriteTo
    row.state, row.start_at = State.SCHEDULED, start_at or now
    row.save(update_fields=["state", "start_at"])
    return row


def recall_broadcast(broadcast: Broadcast) -> bool:
    """Make a scheduled broadcast a draft again; False: it has begun, or is none."""
    scheduled = Broadcast.objects.filter(pk=broadcast.pk, state=State.SCHEDULED)
    return bool(scheduled.update(state=State.DRAFT, start_at=None))


def stop_broadcast(broadcast: Broadcast, *, now: datetime) -> bool:
    """Stop a broadcast that is being sent; the bot takes back what has not left yet. False: it is not being sent."""
    running = Broadcast.objects.filter(pk=broadcast.pk, state=State.SENDING)
    return bool(running.update(state=State.STOPPED, finished_at=now))


def due_broadcasts(now: datetime) -> QuerySet[Broadcast]:
    """Return the broadcasts whose time has come."""
    return Broadcast.objects.filter(state=State.SCHEDULED, start_at__lte=now)


def need_sending(now: datetime) -> bool:
    """Whether any broadcast has something to begin, to send, to take back or to finish; asked each second."""
    open_copies = BroadcastDelivery.objects.filter(
        broadcast=OuterRef("pk"), state__in=(BroadcastDelivery.State.WAITING, BroadcastDelivery.State.QUEUED)
    )
    due = Q(state=State.SCHEDULED, start_at__lte=now)
    taken_back = Q(Exists(open_copies), state=State.STOPPED)
    return Broadcast.objects.filter(due | Q(state=State.SENDING) | taken_back).exists()


@transaction.atomic
def begin_broadcast(broadcast_id: int, *, now: datetime) -> int:
    """Give each chat of the audience its copy, as the audience is now; return how many will be sent.

    Nothing happens when another process does it, or it was recalled meanwhile.
    """
    rows = due_broadcasts(now).select_for_update(skip_locked=True, of=("self",))
    broadcast = rows.filter(pk=broadcast_id).select_related("segment").first()
    if broadcast is None:
        return 0
    broadcast.state, broadcast.started_at = State.SENDING, now
    broadcast.save(update_fields=["state", "started_at"])
    return make_deliveries(
        BroadcastDelivery, judged(chosen_chats(broadcast), OF_BROADCASTS), broadcast=broadcast
    )


def finish_broadcasts(now: datetime) -> int:
    """Close the broadcasts of which no copy is under way any more; return how many."""
    pending = BroadcastDelivery.objects.filter(broadcast=OuterRef("pk"), state__in=DELIVERY_PENDING)
    finished = Broadcast.objects.filter(~Exists(pending), state=State.SENDING)
    return finished.update(state=State.DONE, finished_at=now)
