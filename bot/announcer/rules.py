"""Pure decisions of the announcer: which alerts go to somebody in one message (ALR-06, TIM-03, OUT-07)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Generic, Protocol, TypeVar

SINGLES = 5
SINGLES_WINDOW = timedelta(minutes=1)
SUMMARY_AGE = timedelta(minutes=30)


class Told(Protocol):
    """What is needed of an alert."""

    @property
    def request_id(self) -> int: ...

    @property
    def instant(self) -> datetime: ...


T = TypeVar("T", bound=Told)


@dataclass(frozen=True)
class Bundle(Generic[T]):
    """Alerts that somebody is told of in one message. A summary tells what fell due during a downtime."""

    alerts: Sequence[T]
    is_summary: bool = False


def bundle(
    alerts: Sequence[T],
    *,
    told_lately: int,
    now: datetime,
    singly: int = SINGLES,
    summary_age: timedelta = SUMMARY_AGE,
) -> list[Bundle[T]]:
    """Split what one person is told in a round into messages, in order.

    What there is about a request goes together, and counts as one alert: of what fell due at once people read the
    highest (TIM-03). `told_lately` alerts were told in the last minute: the first 5 (`singly`) go singly, the rest as
    one list (ALR-06). What is older than 30 wall minutes (`summary_age`) goes as one summary, if it is about more than
    one request.
    """
    late = {alert.request_id for alert in alerts if now - alert.instant > summary_age}
    if len(late) < 2:
        return _listed(alerts, singly - told_lately)
    summary = [alert for alert in alerts if alert.request_id in late]
    rest = [alert for alert in alerts if alert.request_id not in late]
    return [Bundle(summary, is_summary=True), *_listed(rest, singly - told_lately)]


def _listed(alerts: Sequence[T], room: int) -> list[Bundle[T]]:
    """Single messages as far as the minute allows, and a list of the rest."""
    by_request: dict[int, list[T]] = {}
    for alert in alerts:
        by_request.setdefault(alert.request_id, []).append(alert)
    free = max(room, 0)
    told = list(by_request.values())
    rest = list(chain(*told[free:]))
    return [*map(Bundle, told[:free]), *([Bundle(rest)] if rest else [])]


def portions(widths: Iterable[int], *, room: int, most: int) -> list[int]:
    """Say how many lines of a list go into each message, so that none is cut (OUT-07)."""
    counts, used = [0], 0
    for width in widths:
        if counts[-1] and (used + width > room or counts[-1] == most):
            counts.append(0)
            used = 0
        counts[-1] += 1
        used += width
    return counts
