"""Celery's part of the bot: digests (ALR-09), files (FIL-02), surveys (SUR-04), heartbeat (MON-07)."""

import time

from celery import shared_task
from django.utils import timezone

from bot.announcer.digests import tell_digests
from bot.announcer.surveys import run_surveys as run
from bot.copying import copy_next
from bot.heartbeat import beat

COPYING_SECONDS = 4.0  # a worker is wanted for timers too


@shared_task(name="bot.tasks.send_digests")
def send_digests() -> None:
    """Queue the digests of today that are not queued yet."""
    tell_digests(timezone.now())


@shared_task(name="bot.tasks.copy_files")
def copy_files() -> None:
    """Copy the files that wait, for some seconds; the rest waits for the next tick (FIL-02)."""
    until = time.monotonic() + COPYING_SECONDS
    while time.monotonic() < until and copy_next(timezone.now()):
        pass


@shared_task(name="bot.tasks.run_surveys")
def run_surveys() -> None:
    """Start, send and remind what is due of surveys. The bot does the same while Celery is away (SUR-04)."""
    run(timezone.now())


@shared_task(name="bot.tasks.send_heartbeat")
def send_heartbeat() -> None:
    """Tell the service outside that all is well, when it is (MON-07)."""
    beat(timezone.now())
