"""One fact is told by itself: what is wrong with it holds up no other."""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError

log = structlog.get_logger(__name__)


def alone(tell: Callable[[int, datetime], int], key: int, now: datetime) -> int:
    """Tell one fact and return how many were told; one that fails is tried again with the next round."""
    try:
        return tell(key, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a fact could not be told", what=tell.__name__, key=key)
        return 0
