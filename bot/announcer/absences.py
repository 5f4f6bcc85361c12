"""Absences: the substitute hears of it at once, managers of chats without anybody on its first working day (STF-03)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from bot.announcer.alone import alone, attempt
from bot.announcer.digests import waiting_text
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import absences as texts
from buhbot.models import Absence, Chat, SubstitutionEnded
from buhbot.selectors import away_at, stands_in_for
from buhbot.services.absences import first_day, last_day
from sla.digest import waiting_in, working_day
from sla.duty import chats_of, uncovered_chats, watched_chats
from sla.models import AlertKind
from sla.rules import recipients
from sla.selectors import active_staff, reachable_staff, serving, staff_by_chat

LEVEL_OF_MANAGERS = 2
Audience = OutgoingMessage.Audience


def tell_absences(now: datetime) -> int:
    """Tell of every absence that somebody is to hear of now; return how many there were.

    A substitute who cannot be written to yet hears of it later. Managers are not woken at midnight, when absences
    begin: they hear of it in the firm's working day (ALR-07).
    """
    lasting = Absence.objects.filter(ends_at__gt=now).order_by("pk")
    begun = lasting.filter(gaps_told_at=None, starts_at__lte=now)
    covered = lasting.filter(told_at=None, substitute__in=reachable_staff())
    told = sum(alone(_tell_ended, key, now) for key in _keys(SubstitutionEnded.objects.order_by("pk")))
    told += sum(alone(_tell_substitute, key, now) for key in _keys(covered))
    gaps = _keys(begun)
    if not gaps or (day := working_day(now)) is None or not day.holds(now):
        return told
    return told + sum(alone(_tell_managers, key, now) for key in gaps)


def _keys(absences: QuerySet[Any]) -> list[int]:
    return list(absences.values_list("pk", flat=True))


def _locked(**still: Any) -> Absence | None:
    rows = Absence.objects.select_for_update(skip_locked=True, of=("self",))
    return rows.select_related("user", "substitute").filter(**still).first()


@transaction.atomic
def _tell_ended(ended_id: int, now: datetime) -> int:
    rows = SubstitutionEnded.objects.select_for_update(skip_locked=True, of=("self",))
    ended = rows.select_related("substitute", "person").filter(pk=ended_id).first()
    if ended is None:
        return 0
    if ended.ends_at > now and reachable_staff().filter(pk=ended.substitute_id).exists():
        text = texts.you_stand_in_no_more(str(ended.person), _days(ended))
        queue_message(ended.substitute, audience=Audience.STAFF, text=text)
    ended.delete()
    return 1


@transaction.atomic
def _tell_substitute(absence_id: int, now: datetime) -> int:
    absence = _locked(pk=absence_id, told_at=None)
    if absence is None or absence.substitute is None:
        return 0
    people = stands_in_for(absence.user_id, max(now, absence.starts_at))
    chats = watched_chats().filter(pk__in=chats_of(people)).order_by("client_name", "title")
    text = texts.you_stand_in(str(absence.user), _days(absence), [str(chat) for chat in chats])
    if absence.starts_at <= now:  # else the digest of the first day tells
        waiting = attempt(partial(_who_waits, chats, now), what="waiting", key=absence.pk)
        text = "\n\n".join(filter(None, [text, waiting]))
    queue_message(absence.substitute, audience=Audience.STAFF, text=text)
    absence.told_at = now
    absence.save(update_fields=["told_at"])
    return 1


def _who_waits(chats: QuerySet[Chat], now: datetime) -> str:
    """List the open requests that come with the chats: their alerts went to somebody else."""
    requests = list(waiting_in(chats))
    tomorrow = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return waiting_text(requests, tomorrow=tomorrow, now=now) if requests else ""


@transaction.atomic
def _tell_managers(absence_id: int, now: datetime) -> int:
    """Tell who is in charge of each chat that the absence leaves without anybody, one message a person."""
    absence = _locked(pk=absence_id, gaps_told_at=None)
    if absence is None:
        return 0
    people = stands_in_for(absence.user_id, now)
    gaps = uncovered_chats(at=now).filter(pk__in=chats_of(people)).order_by("client_name", "title")
    told = _by_who_is_in_charge(list(gaps), now)
    for manager in reachable_staff().filter(pk__in=told):
        queue_message(
            manager,
            audience=Audience.STAFF,
            text=texts.nobody_there(str(absence.user), _days(absence), told[manager.pk]),
            priority=OutgoingMessage.Priority.ALERT,
        )
    absence.gaps_told_at = now
    absence.save(update_fields=["gaps_told_at"])
    return 1


def _by_who_is_in_charge(chats: Sequence[Chat], now: datetime) -> dict[int, list[str]]:
    """Name the chats of which each person hears."""
    staff, firm, away = staff_by_chat([chat.pk for chat in chats]), serving(active_staff()), away_at(now)
    told: dict[int, list[str]] = {}
    for chat in chats:
        in_charge = recipients(
            AlertKind.ESCALATION,
            LEVEL_OF_MANAGERS,
            chat_staff=staff.get(chat.pk, []),
            firm_staff=firm,
            away=away,
        )
        for person in in_charge:
            told.setdefault(person, []).append(str(chat))
    return told


def _days(absence: Absence | SubstitutionEnded) -> str:
    return texts.days(first_day(absence), last_day(absence))
