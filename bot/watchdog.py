"""Runs the SLA tick, and that of surveys, when nobody else does: Celery or Redis may be away (TIM-06, SUR-04)."""

from datetime import datetime, timedelta

import structlog

from bot.announcer.surveys import run_surveys
from sla.models import Tick
from sla.services import fire_due, recompute_outdated, reevaluate_outdated

log = structlog.get_logger(__name__)

SILENCE = timedelta(seconds=10)
RECOMPUTE_EVERY = timedelta(seconds=60)


class Watchdog:
    """Takes the tick over after 10 s of silence, and keeps it until somebody else ticks again."""

    def __init__(self) -> None:
        self._own_tick: datetime | None = None
        self._recomputed_at: datetime | None = None

    def look(self, now: datetime) -> bool:
        """Run the tick if it is ours to run; say whether it was."""
        last = Tick.objects.values_list("ran_at", flat=True).first()
        if last is not None and last != self._own_tick and now - last < SILENCE:
            self._own_tick = None
            return False
        if self._own_tick is None:
            log.warning("no tick from Celery; the bot runs it", last=last)
        self._own_tick = now
        if self._recomputed_at is None or now - self._recomputed_at >= RECOMPUTE_EVERY:
            recompute_outdated(now)  # without Celery this is ours too (TIM-04)
            reevaluate_outdated(now)
            self._recomputed_at = now
        fire_due(now)
        run_surveys(now)
        return True
