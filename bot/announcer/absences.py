"""Absences: the substitute hears of it at once, managers of chats without anybody when it begins (STF-03)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from bot.announcer.alone import alone
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import absences as texts
from buhbot.models import Absence, Chat, User
from buhbot.selectors import away_at, stands_in_for
from buhbot.services.absences import first_day, last_day
from sla.duty import chats_of, uncovered_chats, watched_chats
from sla.models import AlertKind
from sla.rules import recipients
from sla.selectors import serving_staff, staff_of

LEVEL_OF_MANAGERS = 2
Audience = OutgoingMessage.Audience


def tell_absences(now: datetime) -> int:
    """Tell of every absence that somebody is to hear of now; return how many there were."""
    untold = Q(told_at=None) | Q(gaps_told_at=None, starts_at__lte=now)
    found = Absence.objects.filter(untold, ends_at__gt=now).order_by("pk").values_list("pk", flat=True)
    return sum(alone(_tell, absence_id, now) for absence_id in list(found))


@transaction.atomic
def _tell(absence_id: int, now: datetime) -> int:
    absence = (
        Absence.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("user", "substitute")
        .filter(pk=absence_id)
        .first()
    )
    if absence is None:
        return 0
    if absence.told_at is None:
        _tell_substitute(absence)
        absence.told_at = now
    if absence.gaps_told_at is None and absence.starts_at <= now:
        _tell_managers(absence, now)
        absence.gaps_told_at = now
    absence.save(update_fields=["told_at", "gaps_told_at"])
    return 1


def _tell_substitute(absence: Absence) -> None:
    substitute = absence.substitute
    if substitute is None or not substitute.is_reachable:
        return
    when = _days(absence)
    chats = watched_chats().filter(assignments__user=absence.user).distinct().order_by("client_name", "title")
    queue_message(
        substitute,
        audience=Audience.STAFF,
        text=texts.you_stand_in(str(absence.user), when, [str(chat) for chat in chats]),
        dedupe_key=f"absence:{absence.pk}:{substitute.pk}:{when}",
    )


def _tell_managers(absence: Absence, now: datetime) -> None:
    """Tell who is in charge of each chat that the absence leaves without anybody, one message a person."""
    people = stands_in_for(absence.user_id, now)
    gaps = uncovered_chats(at=now).filter(pk__in=chats_of(people)).order_by("client_name", "title")
    told: dict[int, list[str]] = {}
    for chat in gaps:
        for person in _in_charge(chat, now):
            told.setdefault(person, []).append(str(chat))
    for manager in User.objects.filter(pk__in=told, telegram_id__isnull=False, unreachable_since=None):
        queue_message(
            manager,
            audience=Audience.STAFF,
            text=texts.nobody_there(str(absence.user), _days(absence), told[manager.pk]),
            priority=OutgoingMessage.Priority.ALERT,
            dedupe_key=f"nobody-there:{absence.pk}:{manager.pk}:{_days(absence)}",
        )


def _in_charge(chat: Chat, now: datetime) -> tuple[int, ...]:
    return recipients(
        AlertKind.ESCALATION,
        LEVEL_OF_MANAGERS,
        chat_staff=staff_of(chat),
        firm_staff=serving_staff(),
        away=away_at(now),
    )


def _days(absence: Absence) -> str:
    return texts.days(first_day(absence), last_day(absence))
