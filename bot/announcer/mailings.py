"""From each chat's copy of a survey or broadcast to a row of the outbox: a few at a time (STF-05, SUR-04, OUT-08).

The outbox never holds more than some seconds of copies, and they have the lowest priority: alerts and replies go
first, also in a chat whose copy waits (OUT-03). What has not got there yet can be stopped, and who is written to is
judged at the last moment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from bot.keyboards import Keyboard
from bot.mailings import key_of, result_in, subject_of
from bot.models import OutgoingMessage
from bot.outbox import ClientLetter, queue_copies
from buhbot.audience import Reasons, judged
from buhbot.models import Chat, Delivery
from buhbot.services.mailings import note_results, skip_deliveries, stop_deliveries

State = OutgoingMessage.State
AHEAD = 100  # four seconds of sending, at 25 a second
BATCH = 1000
PENDING = (State.QUEUED, State.SENDING)


@dataclass(frozen=True, slots=True)
class Mailing:
    """How one kind of mailing is told.

    `name` is that of bot/mailings.py; `campaign` the field of a copy that says of what it is one; `running` gives the
    copies of what is being sent, `ended` those of what was stopped.
    """

    name: str
    campaign: str
    running: Callable[[], QuerySet[Any]]
    ended: Callable[[], QuerySet[Any]]
    reasons: Reasons
    write: Callable[[Any], tuple[str, Keyboard]]


@transaction.atomic
def feed(mailing: Mailing) -> int:
    """Put as many copies into the outbox as there is room for; return how many were looked at.

    Two processes at once take different copies, and one that is killed leaves them as they were.
    """
    most = room(AHEAD)
    if most <= 0:
        return 0
    waiting = mailing.running().filter(state=Delivery.State.WAITING)
    locked = waiting.select_for_update(skip_locked=True, of=("self",))
    copies = list(locked.select_related("chat", mailing.campaign).order_by("pk")[:most])
    left_out = _left_out(copies, mailing.reasons)
    going = [copy for copy in copies if copy.chat_id not in left_out]
    queue_copies([_copy(copy, mailing) for copy in going])
    skip_deliveries([copy for copy in copies if copy.chat_id in left_out], left_out)
    mailing.running().filter(pk__in=[copy.pk for copy in going]).update(state=Delivery.State.QUEUED)
    return len(copies)


def withdraw(mailing: Mailing) -> int:
    """Take back the copies of what was stopped, as far as they have not left; return how many."""
    ended = mailing.ended()
    stopped = stop_deliveries(ended.filter(state=Delivery.State.WAITING))
    queued = list(ended.filter(state=Delivery.State.QUEUED).select_related(mailing.campaign)[: AHEAD * 2])
    return stopped + (_withdraw_queued(queued, mailing) if queued else 0)


@transaction.atomic
def _withdraw_queued(copies: Sequence[Any], mailing: Mailing) -> int:
    """Cancel the rows that nobody has begun to send. Of the others the result comes back as ever."""
    keys = {_key(copy, mailing): copy.pk for copy in copies}
    rows = OutgoingMessage.objects.filter(dedupe_key__in=keys)
    rows.filter(state=State.QUEUED).update(state=State.CANCELLED)
    cancelled = rows.filter(state=State.CANCELLED).values_list("dedupe_key", flat=True)
    return stop_deliveries(mailing.ended().filter(pk__in=[keys[str(key)] for key in cancelled]))


@transaction.atomic
def reconcile(mailing: Mailing) -> int:
    """Give copies whose row has come to its end, or is gone, the result that was not written to them; return how many.

    bot/results.py writes both at once; when that fails it notes the row's state only, lest it be sent again for ever.
    """
    queued = (mailing.running() | mailing.ended()).filter(state=Delivery.State.QUEUED)
    locked = queued.select_for_update(skip_locked=True, of=("self",))
    copies = list(locked.select_related(mailing.campaign, "chat").order_by("pk")[:BATCH])
    keys = [_key(copy, mailing) for copy in copies]
    rows = {row.dedupe_key: row for row in OutgoingMessage.objects.filter(dedupe_key__in=keys)}
    found = [result_in(copy, rows.get(key)) for copy, key in zip(copies, keys, strict=True)]
    results = [result for result in found if result is not None]
    if results:
        note_results(type(copies[0]), results)
    return len(results)


def room(ahead: int) -> int:
    """Return for how many copies the outbox has room; one that is to be tried again later takes none."""
    copies = OutgoingMessage.objects.filter(priority=OutgoingMessage.Priority.SURVEY, state__in=PENDING)
    return ahead - copies.filter(not_before__lte=Now()).count()


def _left_out(copies: Sequence[Any], reasons: Reasons) -> dict[int, str]:
    chats = judged(Chat.objects.filter(pk__in=[copy.chat_id for copy in copies]), reasons)
    return dict(chats.exclude(left_out="").values_list("pk", "left_out"))


def _copy(copy: Any, mailing: Mailing) -> ClientLetter:
    text, keyboard = mailing.write(copy)
    subject = subject_of(mailing.name, getattr(copy, f"{mailing.campaign}_id"))
    return ClientLetter(copy.chat, text, keyboard, subject, _key(copy, mailing))


def _key(copy: Any, mailing: Mailing) -> str:
    return key_of(mailing.name, getattr(copy, f"{mailing.campaign}_id"), copy.pk)
