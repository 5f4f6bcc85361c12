"""Calendars without working time, in which requests are never due: administrators hear of them (WT-06)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from bot.announcer.alone import alone
from bot.models import OutgoingMessage
from bot.outbox import queue_for_admins
from bot.texts import people as texts
from bot.texts.words import admin_link
from buhbot.models import Calendar
from sla.selectors import requests_without_due


def tell_calendars(now: datetime) -> int:
    """Tell of each calendar in which open requests are never due, once a day; return how many there were."""
    found = requests_without_due().order_by().values_list("calendar_version__calendar", flat=True).distinct()
    return sum(alone(_tell, calendar_id, now) for calendar_id in list(found))


@transaction.atomic
def _tell(calendar_id: int, now: datetime) -> int:
    key = f"no-working-time:{calendar_id}:{timezone.localtime(now):%Y-%m-%d}"
    if OutgoingMessage.objects.filter(dedupe_key__startswith=f"{key}:").exists():
        return 0
    calendar = Calendar.objects.get(pk=calendar_id)
    waiting = requests_without_due().filter(calendar_version__calendar=calendar).count()
    link = admin_link(f"buhbot/calendar/{calendar.pk}/change/")
    return queue_for_admins(texts.no_working_time(calendar.name, waiting, link), dedupe_key=key)
