"""Shows monitoring when the firm works: uptime is counted in working hours only (MON-02)."""

from datetime import datetime, timedelta

from buhbot.ops.metrics import WORK_ENDS, WORK_STARTS
from feedback.selectors import firm_calendar

AHEAD = timedelta(days=30)
BEFORE = timedelta(days=7)  # a longer time of work at a stretch is shown as beginning then
EVERY = timedelta(seconds=30)


class WorkingTime:
    """Looks at the firm's calendar twice a minute."""

    def __init__(self) -> None:
        self._shown_at: datetime | None = None

    def show(self, now: datetime) -> None:
        """Show the working time that runs at `now`, or comes next within 30 days."""
        if self._shown_at is not None and now - self._shown_at < EVERY:
            return
        self._shown_at = now
        spans = firm_calendar().intervals(now - BEFORE, now + AHEAD)
        starts, ends = next((span for span in spans if span[1] > now), (now + AHEAD, now + AHEAD))
        WORK_STARTS.set(starts.timestamp())
        WORK_ENDS.set(ends.timestamp())
