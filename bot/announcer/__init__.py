"""Which untold fact becomes which message, to whom."""

from datetime import datetime

from bot.announcer.absences import tell_absences
from bot.announcer.requests import tell_alerts, tell_changes


def announce(now: datetime) -> int:
    """Turn every untold fact into outbox rows; return how many facts were told. Safe to run twice at once.

    Changes come first: what a new alert says is true already.
    """
    return tell_changes(now) + tell_alerts(now) + tell_absences(now)
