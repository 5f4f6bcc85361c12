"""One fact is told by itself: what is wrong with it holds up no other."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError

log = structlog.get_logger(__name__)

Result = TypeVar("Result")


def alone(tell: Callable[[int, datetime], int], key: int, now: datetime) -> int:
    """Tell one fact and return how many were told; one that fails is tried again with the next round."""
    return attempt(partial(tell, key, now), what=tell.__name__, key=key) or 0


def attempt(work: Callable[[], Result], *, what: str, key: int) -> Result | None:
    """Do what concerns one fact; None: it failed. Raises only what says that the database is away."""
    try:
        return work()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a fact could not be told", what=what, key=key)
        return None
