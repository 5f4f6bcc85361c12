"""Pure decisions of the announcer: which alerts go to somebody in one message (ALR-06, TIM-03, OUT-07)."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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

    `told_lately` alerts were told in the last minute: the first 5 (`singly`) go singly, the rest as one list (ALR-06).
    What is older than 30 wall minutes (`summary_age`) goes as one summary, with all that there is about its requests;
    if it is about one request only, it counts as one alert (TIM-03).
    """
    old = {alert.request_id for alert in alerts if now - alert.instant > summary_age}
    if len(old) > 1:
        summary = [Bundle([alert for alert in alerts if alert.request_id in old], is_summary=True)]
        fresh = [alert for alert in alerts if alert.request_id not in old]
        return summary + _listed(fresh, set(), singly - told_lately)
    return _listed(alerts, old, singly - told_lately)


def _listed(alerts: Sequence[T], as_one: set[int], room: int) -> list[Bundle[T]]:
    """Single messages as far as the minute allows, and a list of the rest; `as_one` names requests told as one."""
    units: dict[Hashable, list[T]] = {}
    for position, alert in enumerate(alerts):
        key = ("request", alert.request_id) if alert.request_id in as_one else position
        units.setdefault(key, []).append(alert)
    free = max(room, 0)
    singles = [Bundle(unit) for unit in list(units.values())[:free]]
    rest = [alert for unit in list(units.values())[free:] for alert in unit]
    return [*singles, Bundle(rest)] if rest else singles


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
