"""How facts are told: in batches, by one announcer at a time, and none held up by another."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

log = structlog.get_logger(__name__)

LOCK = (0x6275_6862, 1)  # "buhb"; a pair, as lanes of the inbox are locked by one number
Result = TypeVar("Result")


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


def attempt(work: Callable[[], Result], *, what: str, key: int) -> Result | None:
    """Do what concerns one fact; None: something is wrong with it, which holds up no other."""
    try:
        return work()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a fact could not be told", what=what, key=key)
        return None
