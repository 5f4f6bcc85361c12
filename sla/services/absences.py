"""Absences with what they mean for the open requests of the person's chats (STF-03, TIM-04)."""

from datetime import date, datetime

from django.db import transaction

from buhbot.models import Absence
from buhbot.selectors import stands_in_for
from buhbot.services.absences import cut_absence, save_absence
from sla.duty import chats_of
from sla.services.reevaluation import reevaluate_chat_requests


@transaction.atomic
def enter_absence(absence: Absence, *, first: date, last: date, now: datetime) -> Absence:
    """Keep a new or changed absence; the open requests of the person's chats follow (STF-03, TIM-04).

    Raises DaysReversed, DaysOver, AbsenceOverlaps, SubstituteUnknown or SubstituteUnreachable.
    """
    save_absence(absence, first=first, last=last, now=now)
    _follow(absence, now)
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, now: datetime) -> None:
    """Let the person be back from today on; the open requests of the chats follow (STF-03, TIM-04)."""
    cut_absence(absence, now=now)
    _follow(absence, now)


def _follow(absence: Absence, now: datetime) -> None:
    reevaluate_chat_requests(chats_of(stands_in_for(absence.user_id, now)), now=now)
