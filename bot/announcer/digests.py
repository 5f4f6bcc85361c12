"""The digest of the morning: who waits for me; for managers, how it went and what is unanswered (ALR-09)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.announcer.alone import alone
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import digests as texts
from buhbot.models import Assignment, Role, User
from buhbot.preferences import preferences
from buhbot.selectors import away_at, duties_of
from sla.digest import (
    WorkingDay,
    open_and_overdue,
    score_since,
    waiting_for,
    working_day,
    working_day_before,
)
from sla.models import Request
from sla.selectors import SERVING_ROLES


def tell_digests(now: datetime) -> int:
    """Queue today's digest for everybody who wants it and has none yet; return how many people that were.

    It comes from the opening, or as long after it as chosen, to the closing of the working day, however long we were
    down in between.
    """
    day = working_day(now)
    if day is None or not day.holds(now):
        return 0
    if now < day.opens + timedelta(minutes=preferences().digest_delay_minutes):
        return 0
    return sum(alone(_tell, user_id, now) for user_id in _unserved(day, now))


def _unserved(day: WorkingDay, now: datetime) -> list[int]:
    """Those who are there, want the digest, can be written to, and have not got it today."""
    away = away_at(now)
    people = User.objects.filter(
        is_active=True,
        wants_digest=True,
        role__in=(Role.ACCOUNTANT, *SERVING_ROLES),
        telegram_id__isnull=False,
        unreachable_since=None,
    )
    keys = {_key(day, person): person for person in people.values_list("pk", flat=True) if person not in away}
    got = OutgoingMessage.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)
    return [keys[key] for key in keys.keys() - set(got)]


def _key(day: WorkingDay, person: int) -> str:
    return f"digest:{day.date}:{person}"


def _tell(user_id: int, now: datetime) -> int:
    user, day = User.objects.get(pk=user_id), working_day(now)
    if day is None:
        return 0
    parts = [texts.greeting(str(user))]
    if user.role in SERVING_ROLES:
        parts.append(_yesterday(day, now))
    if user.role == Role.ACCOUNTANT or _is_accountant(user, now):
        parts.append(_waiting(user, day, now))
    queued = queue_message(
        user,
        audience=OutgoingMessage.Audience.STAFF,
        text="\n\n".join(parts),
        dedupe_key=_key(day, user.pk),
    )
    return 0 if queued is None else 1


def _is_accountant(user: User, now: datetime) -> bool:
    return duties_of(user, at=now).filter(duty=Assignment.Duty.ACCOUNTANT).exists()


def _waiting(user: User, day: WorkingDay, now: datetime) -> str:
    return waiting_text(waiting_for(user, now=now), tomorrow=day.midnight + timedelta(days=1), now=now)


def waiting_text(requests: Iterable[Request], *, tomorrow: datetime, now: datetime) -> str:
    """Write who waits: what is due today apart from the rest, and from what is paused."""
    rows = [texts.waiting_of(request, now=now) for request in requests]
    today = [row for row in rows if row.due_at < tomorrow and not row.is_paused]
    return texts.waiting(today, [row for row in rows if row not in today], now=now)


def _yesterday(day: WorkingDay, now: datetime) -> str:
    since = working_day_before(day)
    score = score_since(since, day, now=now)
    open_now, overdue_now = open_and_overdue(now)
    return texts.yesterday(
        texts.Yesterday(
            since=since,
            until=day.date - timedelta(days=1),
            opened=score.opened,
            compliance=score.compliance,
            median=score.median,
            missed=score.missed,
            open_now=open_now,
            overdue_now=overdue_now,
        )
    )
