"""The inbox as the webhook fills it and the consumers empty it (BOT-02, BOT-03, BOT-04).

Moments are the database's, as several hosts may take part.
"""

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from bot.models import InboundUpdate
from bot.receiving import MAX_BIGINT, ReceivedUpdate

MAX_TRIES = 3
MAX_ERROR = 10_000
GAP_MS = 200
FIRST_LANE = -MAX_BIGINT

HEAD = """
    SELECT id, lane, update_id, received_at FROM bot_inboundupdate
    WHERE state = 'pending' AND lane > {above} AND lane <= {up_to}
    ORDER BY lane, update_id LIMIT 1
"""
# The heads of the lanes, one index probe each, from the lane after the last one and around; nothing is read
# beyond the first head that is free. The CASE keeps the order: a lane is only locked when its head may be taken.
CLAIM = f"""
WITH RECURSIVE heads AS (
    SELECT head.*, part.up_to
    FROM (VALUES (%(after)s::bigint, {MAX_BIGINT}), ({FIRST_LANE}, %(after)s::bigint)) AS part (above, up_to)
    CROSS JOIN LATERAL ({HEAD.format(above="part.above", up_to="part.up_to")}) AS head
    UNION ALL
    SELECT head.*, heads.up_to
    FROM heads CROSS JOIN LATERAL ({HEAD.format(above="heads.lane", up_to="heads.up_to")}) AS head
), free AS (
    SELECT id FROM heads
    WHERE CASE
        WHEN received_at <= clock_timestamp() - %(gap_ms)s * interval '1 ms'
            OR EXISTS (SELECT FROM bot_inboundupdate AS before WHERE before.update_id = heads.update_id - 1)
        THEN pg_try_advisory_xact_lock(lane)
        ELSE false
    END
    OFFSET 0
)
UPDATE bot_inboundupdate SET state = 'processed', processed_at = clock_timestamp(), error = ''
WHERE id = (
    SELECT locked.id FROM free CROSS JOIN LATERAL (
        SELECT id FROM bot_inboundupdate WHERE id = free.id AND state = 'pending' FOR UPDATE SKIP LOCKED
    ) AS locked
    LIMIT 1
)
RETURNING update_id, lane, payload::text
"""


def receive(update: ReceivedUpdate) -> bool:
    """Store an update and wake the bot, in one statement; False: it was there already (BOT-02).

    A kept connection is not asked first whether it still lives, which would cost as much again (PERF-01): where it
    broke while nobody used it, the update is stored over a new one. It counts once either way.
    """
    is_kept = connection.connection is not None
    connection.health_check_done = True  # type: ignore[attr-defined]  # not in the stubs
    try:
        return _store(update)
    except (OperationalError, InterfaceError):
        if not is_kept:
            raise
    connection.close()
    return _store(update)


def _store(update: ReceivedUpdate) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT receive_update(%s, %s, %s)", [update.update_id, update.lane, update.payload])
        return bool(cursor.fetchone()[0])


def claim_update(*, after_lane: int = FIRST_LANE, gap_ms: int = GAP_MS) -> ReceivedUpdate | None:
    """Take the first update of a free lane, and mark it processed for when the caller's transaction commits (BOT-03).

    The lane is the caller's until then; a rollback gives both back. Lanes take turns: the search starts behind
    `after_lane`. An update whose predecessor is not there yet waits `gap_ms` for it, as Telegram may deliver in
    parallel.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"after": after_lane, "gap_ms": gap_ms})
        row = cursor.fetchone()
    return None if row is None else ReceivedUpdate(*row)


@transaction.atomic
def note_failure(update_id: int, *, error: str, is_hopeless: bool = False) -> bool:
    """Count a try that failed; True: it was the third, or hopeless, and the update is parked (BOT-04)."""
    failed = InboundUpdate.objects.filter(update_id=update_id, state=InboundUpdate.State.PENDING)
    failed.update(attempts=F("attempts") + 1, error=_storable(error)[-MAX_ERROR:])
    if not is_hopeless:
        failed = failed.filter(attempts__gte=MAX_TRIES)
    return bool(failed.update(state=InboundUpdate.State.FAILED, processed_at=Now()))


@transaction.atomic
def process_again(update: InboundUpdate) -> bool:
    """Put a parked update back into its lane; False: it is not parked any more (BOT-04)."""
    parked = InboundUpdate.objects.filter(pk=update.pk, state=InboundUpdate.State.FAILED)
    is_put_back = bool(
        parked.update(state=InboundUpdate.State.PENDING, attempts=0, error="", processed_at=None)
    )
    if is_put_back:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('buhbot', 'inbox')")
    return is_put_back


def _storable(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
