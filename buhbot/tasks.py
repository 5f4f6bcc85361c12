"""Celery's part of the ground floor: the purge of every night (SEC-14)."""

import time

from celery import shared_task
from django.utils import timezone

from buhbot.preferences import preferences
from buhbot.purging import purge
from buhbot.retention import terms

PURGING_SECONDS = 20.0  # a worker is wanted for timers too
REST_SECONDS = 0.02  # between two batches, for everybody else


@shared_task(name="buhbot.tasks.purge_expired")
def purge_expired() -> None:
    """Remove what is too old, for some seconds; then the next run of the same goes on.

    Should that one get lost with Redis, the next night goes on.
    """
    until = time.monotonic() + PURGING_SECONDS
    for _step in purge(terms(timezone.now(), years=preferences().retention_years)):
        if time.monotonic() > until:
            purge_expired.apply_async(retry=False)
            return
        time.sleep(REST_SECONDS)
