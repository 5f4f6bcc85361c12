"""Which untold fact becomes which message, to whom."""

from datetime import datetime

from bot.announcer.absences import tell_absences
from bot.announcer.alerts import tell_alerts
from bot.announcer.assignments import tell_assignments
from bot.announcer.broadcasts import send_broadcasts
from bot.announcer.calendars import tell_calendars
from bot.announcer.changes import tell_changes
from bot.announcer.files import tell_files
from bot.announcer.low_ratings import tell_low_ratings
from bot.announcer.unassigned import pass_on_unassigned


def announce(now: datetime) -> int:
    """Turn every untold fact into outbox rows; return how many facts were looked at. Safe to run twice at once.

    Changes come first: what a new alert says is true already.
    """
    facts = tell_changes(now) + tell_alerts(now) + tell_absences(now)
    facts += tell_assignments(now) + tell_calendars(now) + tell_files(now) + tell_low_ratings(now)
    facts += pass_on_unassigned(now)
    return facts + send_broadcasts(now)
