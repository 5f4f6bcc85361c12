"""The outbox as the sender keeps it: claim rows, note what became of them (OUT-03, OUT-04, OUT-05).

Leases and waits are counted on the database's clock, as several hosts may send in turn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from bot.models import ANSWER_SUBJECT, EDITS, INSTANT, SAYING, OutgoingMessage
from buhbot.services.chats import mark_chat_reachable, mark_chat_unreachable
from buhbot.services.messages import BotMessage, log_bot_messages
from buhbot.services.people import mark_person_reachable, mark_person_unreachable

Method = OutgoingMessage.Method
State = OutgoingMessage.State
PENDING = (State.QUEUED, State.SENDING)

UNLINKED = "no active account linked to Telegram"
FORMER = "the message stays in the former chat"
LEASE = timedelta(seconds=30)
WINDOW = timedelta(seconds=60)


@dataclass(slots=True)
class Letter:
    """A claimed row with its Telegram address, and the message that it edits or deletes.

    `end` is set when it need not or cannot be sent at all; `error` says why. `held_since` is monotonic.
    """

    row: OutgoingMessage
    chat_id: int = 0
    message_id: int | None = None
    end: str = ""
    error: str = ""
    held_since: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a letter. A state of `queued` means again, after `wait_seconds`."""

    letter: Letter
    state: str
    at: datetime
    error: str = ""
    attempts: int = 0
    wait_seconds: float = 0.0
    message_id: int | None = None
    text: str = ""
    said_at: datetime | None = None
    is_unreachable: bool = False
    tells_admins: bool = False

    @property
    def is_final(self) -> bool:
        """Whether the letter has come to its end."""
        return self.state != State.QUEUED


@transaction.atomic
def claim_letters(limit: int) -> list[Letter]:
    """Lease up to so many rows for 30 seconds: the first of each address, urgent ones first (OUT-02, OUT-03).

    Rows that a killed process left behind are claimed again when their lease has run out (OUT-05). Answers to
    presses wait for nobody.
    """
    _walk_the_index()
    rows = list(_claimable().order_by("priority", "pk")[:limit])
    if not rows:
        return []
    lease = rows[0].claimed_at + LEASE
    OutgoingMessage.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.SENDING, lease_until=lease
    )
    for row in rows:
        row.state, row.lease_until = State.SENDING, lease
    return [_letter(row, is_superseded=row.is_superseded) for row in rows]


def _walk_the_index() -> None:
    """Keep Postgres, for this transaction, from sorting all that waits where a few rows are asked for (OUT-08).

    Right after a broadcast was queued, its statistics know nothing of it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_sort', 'off', true)")


def _claimable() -> QuerySet[Any]:
    before = OutgoingMessage.objects.filter(state__in=PENDING, pk__lt=OuterRef("pk")).exclude(
        method__in=INSTANT
    )
    newer = OutgoingMessage.objects.filter(state=State.QUEUED, edits=OuterRef("edits"), pk__gt=OuterRef("pk"))
    is_due = Q(state=State.QUEUED, not_before__lte=Now()) | Q(state=State.SENDING, lease_until__lte=Now())
    is_first = ~Exists(before.filter(chat=OuterRef("chat"))) & ~Exists(
        before.filter(recipient=OuterRef("recipient"))
    )
    return (
        OutgoingMessage.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("chat", "recipient", "edits")
        .filter(is_due, Q(method__in=INSTANT) | is_first, state__in=PENDING)
        .annotate(claimed_at=Now(), is_superseded=Exists(newer))
    )


def _letter(row: OutgoingMessage, *, is_superseded: bool) -> Letter:
    letter = Letter(row, chat_id=_telegram_id(row), message_id=row.payload.get("message_id"))
    if not letter.chat_id:
        letter.end, letter.error = State.UNDELIVERED, UNLINKED
    elif row.method == Method.DELETE and row.telegram_chat_id not in {None, letter.chat_id}:
        letter.end, letter.error = State.CANCELLED, FORMER
    if row.method in EDITS:
        _prepare_edit(letter, row.edits, is_superseded=is_superseded)
    return letter


def _telegram_id(row: OutgoingMessage) -> int:
    """Give the address as of now; 0 when the person was unlinked or left the firm."""
    if row.chat is not None:
        return row.chat.telegram_id
    person = row.recipient
    return (person.telegram_id or 0) if person is not None and person.is_active else 0


def _prepare_edit(letter: Letter, original: OutgoingMessage | None, *, is_superseded: bool) -> None:
    if is_superseded:
        letter.end, letter.error = State.CANCELLED, "a newer edit follows"
    elif original is None or original.telegram_message_id is None:
        letter.end, letter.error = State.CANCELLED, "the message was not sent"
    elif original.telegram_chat_id != letter.chat_id:
        letter.end, letter.error = State.CANCELLED, FORMER
    else:
        letter.message_id = original.telegram_message_id


@transaction.atomic
def record(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Note what became of letters; return those that were noted.

    A letter that was not sent is passed over when its lease has gone to another process meanwhile.
    """
    sent = [outcome for outcome in outcomes if outcome.state == State.SENT]
    _record_sent(sent)
    return sent + [outcome for outcome in outcomes if outcome.state != State.SENT and _record_unsent(outcome)]


def _record_sent(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        row = outcome.letter.row
        row.state, row.lease_until, row.error = State.SENT, None, outcome.error[:500]
        row.telegram_chat_id, row.telegram_message_id = outcome.letter.chat_id, outcome.message_id
        row.sent_at = outcome.at
        _mark_reachable(row)
    fields = ["state", "lease_until", "error", "telegram_chat_id", "telegram_message_id", "sent_at"]
    OutgoingMessage.objects.bulk_update([outcome.letter.row for outcome in outcomes], fields)
    log_bot_messages(list(_said(outcomes)))


def _mark_reachable(row: OutgoingMessage) -> None:
    if row.method not in SAYING:
        return
    if row.chat is not None and row.chat.unreachable_since is not None:
        mark_chat_reachable(row.chat)
    if row.recipient is not None and row.recipient.unreachable_since is not None:
        mark_person_reachable(row.recipient)


def _said(outcomes: Iterable[Outcome]) -> Iterable[BotMessage]:
    """Give what was said in clients' chats; Telegram does not tell a bot of its own messages (REQ-01)."""
    for outcome in outcomes:
        row = outcome.letter.row
        is_said = row.method == Method.SEND and row.audience == OutgoingMessage.Audience.CLIENT
        is_staffs = row.subject.startswith(ANSWER_SUBJECT)  # logged as theirs in the client's chat (CLI-10)
        if is_said and not is_staffs and row.chat is not None and outcome.message_id and outcome.said_at:
            yield BotMessage(
                chat=row.chat,
                telegram_message_id=outcome.message_id,
                text=outcome.text,
                sent_at=outcome.said_at,
                topic_id=row.payload.get("message_thread_id", 0),
                reply_to=row.payload.get("reply_parameters", {}).get("message_id"),
            )


def _record_unsent(outcome: Outcome) -> bool:
    row = outcome.letter.row
    is_ours = OutgoingMessage.objects.filter(pk=row.pk, state=State.SENDING, lease_until=row.lease_until)
    is_noted = is_ours.update(
        state=outcome.state,
        attempts=outcome.attempts,
        error=outcome.error[:500],
        lease_until=None,
        not_before=F("not_before") if outcome.is_final else Now() + timedelta(seconds=outcome.wait_seconds),
    )
    if is_noted and outcome.is_unreachable:
        _mark_unreachable(row, outcome)
    return bool(is_noted)


def _mark_unreachable(row: OutgoingMessage, outcome: Outcome) -> None:
    if row.chat is not None:
        mark_chat_unreachable(row.chat, reason=outcome.error, now=outcome.at)
    if row.recipient is not None:
        mark_person_unreachable(row.recipient, reason=outcome.error, now=outcome.at)


def hurry_retries() -> None:
    """Let rows that wait for a retry be tried as soon as the Bot API answers again (FLT-04)."""
    OutgoingMessage.objects.filter(state=State.QUEUED, attempts__gt=0, not_before__gt=Now()).update(
        not_before=Now()
    )


def recent_group_messages() -> list[tuple[int, float]]:
    """Give group and age in seconds of what was sent to groups in the last minute, oldest first (OUT-02).

    What a former sender had under way when it ended may have arrived, and counts as sent now.
    """
    sent = (
        OutgoingMessage.objects.filter(state=State.SENT, sent_at__gt=Now() - WINDOW, telegram_chat_id__lt=0)
        .exclude(method__in=INSTANT)
        .order_by("sent_at")
        .annotate(asked_at=Now())
        .values_list("telegram_chat_id", "sent_at", "asked_at")
    )
    under_way = OutgoingMessage.objects.filter(state=State.SENDING, chat__telegram_id__lt=0).exclude(
        method__in=INSTANT
    )
    ages = [(chat_id or 0, (asked_at - sent_at).total_seconds()) for chat_id, sent_at, asked_at in sent]
    now_sent = under_way.values_list("chat__telegram_id", flat=True)
    return ages + [(chat_id, 0.0) for chat_id in now_sent if chat_id]
