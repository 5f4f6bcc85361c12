"""Put an escalation off, or have the accountant asked to answer (ALR-04)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from buhbot.models import User
from buhbot.mornings import next_morning
from buhbot.services.calendars import work_calendar
from sla.models import Alert, AlertKind, Request, RequestEvent
from sla.rules import SNOOZE_FORMAT, Snooze
from sla.selectors import SERVING_ROLES
from sla.services.actions import NotAllowed, open_for
from sla.services.timers import resume
from sla.services.trail import note_act

Kind = RequestEvent.Kind
NUDGE_AT_MOST_EVERY = timedelta(minutes=1)


class AskedAlready(Exception):
    """The accountant was asked less than a minute ago."""


class NothingToPutOff(Exception):
    """The last level was told: no alert is to come."""


@transaction.atomic
def snooze(request_id: int, *, actor: User, length: Snooze, now: datetime) -> Request:
    """Put the next escalation off for everyone, in working time; due never moves (ALR-04, ALR-05).

    Raises NotAllowed, RequestAlreadyClosed, NothingToPutOff, or NoWorkingTime for a calendar without hours to come.
    """
    request = open_for(request_id, actor)
    if request.is_last_level:
        raise NothingToPutOff
    calendar = work_calendar(request.calendar_version)
    until = next_morning(calendar, now) if length.hours is None else calendar.deadline(now, length.hours)
    request.snoozed_until, request.snoozed_by = until, actor
    resume(request)
    request.notices_outdated = True
    request.save()
    note = timezone.localtime(until).strftime(SNOOZE_FORMAT)
    note_act(request, Kind.SNOOZED, actor=actor, now=now, note=note)
    return request


@transaction.atomic
def ask_accountant(request_id: int, *, actor: User, now: datetime) -> Request:
    """Have the accountants on duty told that a manager asks them to answer (ALR-04).

    Raises NotAllowed, RequestAlreadyClosed, or AskedAlready within a minute.
    """
    request = open_for(request_id, actor)
    if actor.role not in SERVING_ROLES:
        raise NotAllowed
    if request.alerts.filter(kind=AlertKind.NUDGE, instant__gt=now - NUDGE_AT_MOST_EVERY).exists():
        raise AskedAlready
    Alert.objects.create(request=request, kind=AlertKind.NUDGE, level=request.level, instant=now)
    note_act(request, Kind.ACCOUNTANT_NOTIFIED, actor=actor, now=now)
    return request
