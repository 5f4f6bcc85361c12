"""Celery's part of the bot: the digests (ALR-09)."""

from celery import shared_task
from django.utils import timezone

from bot.announcer.digests import tell_digests


@shared_task(name="bot.tasks.send_digests")
def send_digests() -> None:
    """Queue the digests of today that are not queued yet."""
    tell_digests(timezone.now())
