"""Celery's part: copies that nobody needs any more (SEC-14)."""

import time

from celery import shared_task
from django.utils import timezone

from templates_app.services.discarding import discard_next

DISCARDING_SECONDS = 20.0  # a worker is wanted for timers too


@shared_task(name="templates_app.tasks.discard_copies")
def discard_copies() -> None:
    """Delete the copies that wait, for some seconds; the rest waits for the next tick."""
    until = time.monotonic() + DISCARDING_SECONDS
    while time.monotonic() < until and discard_next(timezone.now()):
        pass
