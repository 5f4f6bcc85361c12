"""Celery's part: look every few seconds what fell due, and each night for the production calendar (TIM-01, WT-09)."""

from celery import shared_task
from django.utils import timezone

from buhbot.services.production import load_missing
from sla import services


@shared_task(name="sla.tasks.fire_due")
def fire_due() -> None:
    """Fire what is due. The bot process does the same when no tick has run for 10 s (TIM-06)."""
    services.fire_due(timezone.now())


@shared_task(name="sla.tasks.load_production_calendar")
def load_production_calendar() -> None:
    """Load this year, and from 1 December the next, into the calendars that miss it (WT-09)."""
    load_missing(timezone.now())
