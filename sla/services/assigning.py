"""Have one of the accountants on duty answer a request, instead of all of them (ADM-02)."""

from datetime import datetime

from django.db import transaction

from buhbot.models import User
from sla.duty import answerable_of, on_duty
from sla.models import Alert, AlertKind, Request, RequestEvent
from sla.selectors import SERVING_ROLES
from sla.services.actions import NotAllowed, open_for
from sla.services.timers import resume
from sla.services.trail import note_act

Kind = RequestEvent.Kind


class NotOnDuty(Exception):
    """The person is no accountant of the chat, or away: whoever is to answer must see the chat first."""


class AssignedAlready(Exception):
    """It is this person's already; nothing was changed."""


@transaction.atomic
def assign(request_id: int, *, to: int, actor: User, now: datetime) -> Request:
    """Make one accountant on duty answerable for the request, by user id, and have this one told (ADM-02, ALR-02).

    Its warnings and alerts go to this accountant and not to the others; anybody accepted may still answer (ANS-02).
    What somebody else had taken into work is taken no more. Managers and administrators may.
    Raises NotAllowed, RequestAlreadyClosed, NotOnDuty or AssignedAlready.
    """
    request = open_for(request_id, actor)
    if actor.role not in SERVING_ROLES:
        raise NotAllowed
    people = on_duty([request.chat_id], at=now).get(request.chat_id, [])
    chosen = next((person for person in people if person["id"] == to), None)
    if chosen is None:
        raise NotOnDuty
    if request.assigned_to_id == to:
        raise AssignedAlready
    _hand_over(request, to)
    request.on_duty = answerable_of(people, to)
    request.save()
    note_act(request, Kind.ASSIGNED, actor=actor, now=now, note=chosen["name"])
    if to != actor.pk:
        Alert.objects.create(request=request, kind=AlertKind.NUDGE, level=request.level, instant=now)
    return request


def _hand_over(request: Request, to: int) -> None:
    request.assigned_to_id = to
    if request.acknowledged_by_id not in (None, to):
        request.acknowledged_at, request.acknowledged_by = None, None
        resume(request)
    request.notices_outdated = True
