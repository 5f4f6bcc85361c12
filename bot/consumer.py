"""Takes updates out of the inbox, each in its own transaction, in order within a chat (BOT-03, BOT-04)."""

import json
import threading
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from bot.application import Unreadable, dispatch
from bot.models import InboundUpdate
from bot.outbox import queue_for_admins
from bot.receiving import ReceivedUpdate, kind_of
from bot.services.inbox import FIRST_LANE, GAP_MS, claim_update, note_failure
from bot.texts import inbox as texts
from buhbot.ops.metrics import DATABASE_ERRORS, MESSAGE_PROCESSING_SECONDS, MESSAGES_PROCESSED
from buhbot.services.audit import Source, comes_from

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
MANY_FAILURES = 10
FAILURES_SPAN = timedelta(hours=1)


class DatabaseAway(Exception):
    """The connection broke while an update was processed; that is not the update's fault, and no try is lost."""


class Consumer:
    """One thread's way through the inbox. Lanes take turns, so that a busy chat does not keep others waiting."""

    def __init__(self, *, gap_ms: int = GAP_MS) -> None:
        self._gap_ms = gap_ms
        self._lane = FIRST_LANE

    def run(self, stop: threading.Event, wake: threading.Event, on_done: Callable[[], None]) -> None:
        """Process until `stop`. `wake` says that updates came; `on_done` is called after each one's commit."""
        wait_seconds = 0.0
        while not stop.is_set():
            is_woken = wake.wait(wait_seconds)
            wake.clear()
            wait_seconds = self._gap_ms / 1000 if is_woken else POLL_SECONDS
            try:
                while not stop.is_set() and self.process_next():
                    on_done()
            except (DatabaseAway, DatabaseError, InterfaceError) as error:
                DATABASE_ERRORS.inc()
                log.warning("the database is away", error=str(error))
                connection.close()
                stop.wait(POLL_SECONDS)

    def process_next(self) -> bool:
        """Process one update; False: there is none to be had now. Raises DatabaseAway."""
        claimed: ReceivedUpdate | None = None
        started = time.perf_counter()
        try:
            with transaction.atomic():
                claimed = claim_update(after_lane=self._lane, gap_ms=self._gap_ms)
                if claimed is None:
                    return False
                session, content = connection.connection, _content(claimed)
                _act(claimed, content)
        except Exception as error:
            if claimed is None:
                raise
            if session.closed:
                raise DatabaseAway from error
            result = _fail(claimed, error)
        else:
            result = "processed"
        self._lane = claimed.lane
        _account(claimed, kind_of(content), result, time.perf_counter() - started)
        return True


def process_pending() -> int:
    """Process all that waits, now and here, without waiting for late predecessors; return how many tries it took."""
    consumer, tries = Consumer(gap_ms=0), 0
    while consumer.process_next():
        tries += 1
    return tries


def _content(update: ReceivedUpdate) -> dict[str, Any]:
    """Parse the update; one that is nested too deep for this thread counts as empty, which no handler takes."""
    try:
        content: dict[str, Any] = json.loads(update.payload)
    except RecursionError:
        return {}
    return content


def _act(update: ReceivedUpdate, content: dict[str, Any]) -> None:
    lines = structlog.contextvars.bound_contextvars(update_id=update.update_id, chat_id=update.lane)
    with lines, comes_from(Source.BOT):
        dispatch(content)


def _fail(update: ReceivedUpdate, error: Exception) -> str:
    """Store why the try failed; after the third one park the update and tell the administrators (BOT-04).

    The whole traceback stands on the row alone: Postgres quotes rows in its errors, and so what clients wrote (SEC-09).
    """
    reason = "".join(traceback.format_exception(error))
    is_parked = note_failure(update.update_id, error=reason, is_hopeless=isinstance(error, Unreadable))
    log.warning(
        "update parked" if is_parked else "update failed",
        update_id=update.update_id,
        chat_id=update.lane,
        error=type(error).__name__,
        place=_place(error),
    )
    if not is_parked:
        return "failed"
    _tell_admins(update.update_id)
    return "parked"


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


@transaction.atomic
def _tell_admins(update_id: int) -> None:
    """Tell of each parked update, but when many fail, which has one cause, of their number once an hour."""
    now = timezone.now()
    failed = InboundUpdate.objects.filter(
        state=InboundUpdate.State.FAILED, received_at__gt=now - FAILURES_SPAN
    ).count()
    if failed <= MANY_FAILURES:
        queue_for_admins(texts.update_parked(update_id), dedupe_key=f"parked:{update_id}")
    else:
        queue_for_admins(texts.many_updates_parked(failed), dedupe_key=f"parked-many:{now:%Y-%m-%dT%H}")


def _account(update: ReceivedUpdate, kind: str, result: str, seconds: float) -> None:
    """Count the update and write its one line, which never holds what people wrote (MON-06)."""
    MESSAGES_PROCESSED.labels(result=result).inc()
    MESSAGE_PROCESSING_SECONDS.observe(seconds)
    log.info(
        "update",
        update_id=update.update_id,
        chat_id=update.lane,
        kind=kind,
        result=result,
        ms=round(seconds * 1000),
    )
