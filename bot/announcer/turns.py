"""How facts are told: in batches, and by one announcer at a time."""

from collections.abc import Callable

from django.db import connection, transaction

LOCK = (0x6275_6862, 1)  # "buhb"; a pair, as lanes of the inbox are locked by one number
SURVEYS = (0x6275_6862, 2)


def in_batches(tell: Callable[[int], list[int]], *, size: int) -> int:
    """Tell batch after batch, each in a transaction and by nobody else meanwhile; return how many facts were told.

    `tell` takes the last key of the batch before, and gives the keys that it looked at: what could not be told is
    behind us then, and tried again with the next round.
    """
    told, last = 0, 0
    while keys := _in_turn(tell, last):
        told, last = told + len(keys), keys[-1]
        if len(keys) < size:
            break
    return told


@transaction.atomic
def _in_turn(tell: Callable[[int], list[int]], last: int) -> list[int]:
    """Only one announcer counts what somebody was told in the last minute, or tells a request's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
    return tell(last)


def has_turn() -> bool:
    """Take the turn of the surveys to the end of this transaction; False: somebody else has it.

    Two surveys that reach the same chat at once would not see each other (SUR-03).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", SURVEYS)
        return bool(cursor.fetchone()[0])
