"""Celery's part in the timers: look every few seconds what fell due (TIM-01)."""

from celery import shared_task
from django.utils import timezone

from sla import services


@shared_task(name="sla.tasks.fire_due")
def fire_due() -> None:
    """Fire what is due. The bot process does the same when no tick has run for 10 s (TIM-06)."""
    services.fire_due(timezone.now())
