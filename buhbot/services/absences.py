"""Enter, change and end absences: whole days of the firm's zone, one at a time, with a substitute who can be reached.

The services of `sla` do the same and let the open requests follow (STF-03, TIM-04).
"""

from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from buhbot.models import Absence, SubstitutionEnded
from buhbot.selectors import colleagues

DAY = timedelta(days=1)
FARTHEST = timedelta(days=4 * 365)  # the longest leave there is, three years, and a year before it
LOCK = 0x6162_7365  # "abse"; a pair with the person


class DaysReversed(Exception):
    """The last day comes before the first."""


class DaysOver(Exception):
    """The last day is in the past."""


class DaysTooFar(Exception):
    """The last day lies years ahead: a slip of the pen, or somebody who is to be switched off."""


class AbsenceOverlaps(Exception):
    """The person is away on some of the days already; `other` says when."""

    def __init__(self, other: Absence) -> None:
        super().__init__(str(other))
        self.other = other


class SubstituteUnknown(Exception):
    """The substitute is the person, or is nobody who looks after clients."""


class SubstituteUnreachable(Exception):
    """The bot cannot write to the substitute, who would hear of nothing (ALR-08)."""


Dated = Absence | SubstitutionEnded


def first_day(absence: Dated) -> date:
    """Return the first day of an absence in the firm's zone."""
    return timezone.localtime(absence.starts_at).date()


def last_day(absence: Dated) -> date:
    """Return the last day of an absence in the firm's zone."""
    return timezone.localtime(absence.ends_at - timedelta.resolution).date()


def require_sound(absence: Absence, *, first: date, last: date, now: datetime) -> None:
    """Raise what is wrong with the absence on these days, the last one included (STF-03).

    Raises DaysReversed, DaysOver, DaysTooFar, AbsenceOverlaps, SubstituteUnknown or SubstituteUnreachable.
    """
    if last < first:
        raise DaysReversed
    if last < timezone.localtime(now).date():
        raise DaysOver
    if last > timezone.localtime(now).date() + FARTHEST:
        raise DaysTooFar
    others = Absence.objects.filter(user=absence.user_id).exclude(pk=absence.pk)
    other = others.filter(starts_at__lt=_midnight(last + DAY), ends_at__gt=_midnight(first)).first()
    if other is not None:
        raise AbsenceOverlaps(other)
    if absence.substitute_id is not None:
        _require_substitute(absence)


def _require_substitute(absence: Absence) -> None:
    known = {colleague.pk: colleague for colleague in colleagues()}
    substitute = known.get(absence.substitute_id or 0)
    if substitute is None or substitute.pk == absence.user_id:
        raise SubstituteUnknown
    if not substitute.is_reachable:
        raise SubstituteUnreachable


@transaction.atomic
def save_absence(absence: Absence, *, first: date, last: date, now: datetime) -> Absence:
    """Keep the absence from the first to the last day, both included; what changed of it is told anew (STF-03).

    Two at once for the same person wait for each other. Raises what `require_sound` raises.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, absence.user_id])
    require_sound(absence, first=first, last=last, now=now)
    absence.starts_at, absence.ends_at = _midnight(first), _midnight(last + DAY)
    absence.created_at = absence.created_at or now
    before = Absence.objects.filter(pk=absence.pk).first()
    if before is not None and _says(before) == _says(absence):
        return before
    if before is not None and before.substitute_id != absence.substitute_id:
        _release(before)
    absence.told_at = absence.gaps_told_at = None
    absence.save()
    return absence


@transaction.atomic
def cut_absence(absence: Absence, *, now: datetime) -> None:
    """Let the person be back from today on: the days before stay as they were, an absence without any goes."""
    today = _midnight(timezone.localtime(now).date())
    if absence.starts_at >= today:
        delete_absence(absence)
        return
    kept = Absence.objects.select_for_update().filter(pk=absence.pk, ends_at__gt=today).first()
    if kept is not None:
        _release(kept)
        Absence.objects.filter(pk=kept.pk).update(ends_at=today)


@transaction.atomic
def delete_absence(absence: Absence) -> None:
    """Take an absence back as if it had never been entered."""
    kept = Absence.objects.select_for_update().filter(pk=absence.pk).first()
    if kept is not None:
        _release(kept)
        kept.delete()


def _release(absence: Absence) -> None:
    """Have the substitute who was told to stand in told that it is over."""
    if absence.substitute_id is not None and absence.told_at is not None:
        SubstitutionEnded.objects.create(
            substitute_id=absence.substitute_id,
            person_id=absence.user_id,
            starts_at=absence.starts_at,
            ends_at=absence.ends_at,
        )


def _says(absence: Absence) -> tuple[object, ...]:
    return absence.user_id, absence.substitute_id, absence.starts_at, absence.ends_at


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
