"""What becomes of the copies of surveys and broadcasts: the same for both (STF-05, SUR-04)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from buhbot.models.deliveries import Delivery

State = Delivery.State
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Result:
    """What Telegram made of one copy; `reason` is one of NotArrived when it did not arrive."""

    delivery_id: int
    state: str
    reason: str = ""
    telegram_chat_id: int | None = None
    telegram_message_id: int | None = None
    sent_at: datetime | None = None


def make_deliveries(model: type[Delivery], judged: QuerySet[Any], **of: Any) -> int:
    """Give each judged chat its copy, waiting or left out with the reason; return how many wait.

    `of` names of what it is a copy: `broadcast=…`. A chat that has its copy keeps it.
    """
    found = judged.order_by("pk").values_list("pk", "left_out")
    copies = [model(**of, **_fresh(*one)) for one in found]
    model._default_manager.bulk_create(copies, batch_size=BATCH, ignore_conflicts=True)
    return sum(copy.state == State.WAITING for copy in copies)


def _fresh(chat_id: int, left_out: str) -> dict[str, Any]:
    return {"chat_id": chat_id, "state": State.SKIPPED if left_out else State.WAITING, "reason": left_out}


def skip_deliveries(deliveries: Iterable[Delivery], reasons: dict[int, str]) -> None:
    """Note that copies are not sent after all: the reasons are named by chat."""
    rows = list(deliveries)
    for row in rows:
        row.state, row.reason = State.SKIPPED, reasons[row.chat_id]
    if rows:
        type(rows[0])._default_manager.bulk_update(rows, ["state", "reason"])


def stop_deliveries(deliveries: QuerySet[Any]) -> int:
    """Note that copies will not be sent; return how many."""
    return deliveries.filter(state__in=[State.WAITING, State.QUEUED]).update(state=State.STOPPED)


def note_results(model: type[Delivery], results: Sequence[Result]) -> None:
    """Note what became of copies; what was delivered once stays so."""
    found = model._default_manager.exclude(state=State.SENT).in_bulk(
        [result.delivery_id for result in results]
    )
    rows = [_noted(found[result.delivery_id], result) for result in results if result.delivery_id in found]
    fields = ["state", "reason", "telegram_chat_id", "telegram_message_id", "sent_at"]
    model._default_manager.bulk_update(rows, fields)


def _noted(row: Any, result: Result) -> Any:
    row.state, row.reason, row.sent_at = result.state, result.reason, result.sent_at
    row.telegram_chat_id, row.telegram_message_id = result.telegram_chat_id, result.telegram_message_id
    return row
