"""Surveys and broadcasts in the outbox: the names of their rows, and the way back of what became of them."""

from collections.abc import Sequence
from typing import Any

from bot.models import OutgoingMessage
from bot.services.deliveries import Outcome
from buhbot.models import BroadcastDelivery, Delivery, NotArrived
from buhbot.services.mailings import Result, note_results

State = OutgoingMessage.State

# What goes to many chats: the first word of its rows' subjects and keys, and where each chat's copy is kept.
MAILINGS: dict[str, type[Delivery]] = {"broadcast": BroadcastDelivery}


def subject_of(name: str, mailing_id: int) -> str:
    """Name all rows of one survey or broadcast in the outbox: «broadcast:12»."""
    return f"{name}:{mailing_id}"


def key_of(name: str, mailing_id: int, delivery_id: int) -> str:
    """Name the one row of a chat's copy, unique for ever: «broadcast:12:34567» (STF-05: exactly one per chat)."""
    return f"{subject_of(name, mailing_id)}:{delivery_id}"


def is_mailing(row: OutgoingMessage) -> bool:
    """Whether the row is a copy of a survey or broadcast."""
    return bool(row.dedupe_key) and row.subject.partition(":")[0] in MAILINGS


def tell_mailings(outcomes: Sequence[Outcome]) -> None:
    """Carry what became of letters back to the copies that they are, in the same transaction."""
    found: dict[str, list[Result]] = {}
    for outcome in outcomes:
        if outcome.is_final and is_mailing(outcome.letter.row):
            found.setdefault(outcome.letter.row.subject.partition(":")[0], []).append(_result(outcome))
    for name, results in found.items():
        note_results(MAILINGS[name], results)


def _result(outcome: Outcome) -> Result:
    delivery_id = int(str(outcome.letter.row.dedupe_key).rpartition(":")[2])
    match outcome.state:
        case State.SENT:
            return Result(
                delivery_id,
                Delivery.State.SENT,
                telegram_chat_id=outcome.letter.chat_id,
                telegram_message_id=outcome.message_id,
                sent_at=outcome.at,
            )
        case State.CANCELLED:
            return Result(delivery_id, Delivery.State.STOPPED)
    reason = NotArrived.UNREACHABLE if outcome.is_unreachable else NotArrived.REFUSED
    return Result(delivery_id, Delivery.State.FAILED, reason)


def result_in(copy: Any, row: OutgoingMessage | None) -> Result | None:
    """Return what a row says of the copy that it is; None while it is under way. Without a row it will not be sent."""
    if row is None or row.state == State.CANCELLED:
        return Result(copy.pk, Delivery.State.STOPPED)
    if row.state == State.SENT:
        return Result(
            copy.pk,
            Delivery.State.SENT,
            telegram_chat_id=row.telegram_chat_id,
            telegram_message_id=row.telegram_message_id,
            sent_at=row.sent_at,
        )
    if row.state != State.UNDELIVERED:
        return None
    is_gone = copy.chat.unreachable_since is not None
    return Result(copy.pk, Delivery.State.FAILED, NotArrived.UNREACHABLE if is_gone else NotArrived.REFUSED)
