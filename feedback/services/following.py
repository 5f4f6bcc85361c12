"""What a low rating leads to: a task with its own due, closed with a reason (SUR-09)."""

from datetime import datetime

from django.db import transaction

from buhbot.models import Chat, User
from buhbot.preferences import preferences
from buhbot.services.calendars import work_calendar
from buhbot.worktime import NoWorkingTime
from feedback.models import FollowUp, Vote
from feedback.rules import DAY, follow_up_due, is_low
from sla.selectors import calendar_version_of


class ClosedAlready(Exception):
    """Somebody has closed the follow-up."""


class NoReason(Exception):
    """A follow-up is closed with words on what was done."""


def note_change(vote: Vote) -> None:
    """Have edited what managers were told of the vote (SUR-09)."""
    FollowUp.objects.filter(vote=vote).update(notices_outdated=True)


def look_after(vote: Vote, *, now: datetime) -> None:
    """Open a follow-up if the rating that was just given is low, and none of the vote is open (SUR-09)."""
    note_change(vote)
    chosen, survey = preferences(), vote.delivery.survey
    if not is_low(survey.kind, vote.rating, low_stars=chosen.low_stars, low_nps=chosen.low_nps):
        return
    if vote.rating is None or FollowUp.objects.filter(vote=vote, closed_at=None).exists():
        return
    due_at = _due(vote.delivery.chat, now)
    FollowUp.objects.create(vote=vote, rating=vote.rating, opened_at=now, due_at=due_at)


def _due(chat: Chat, now: datetime) -> datetime:
    """One working day later by the chat's calendar; a day later if that has no hours any more."""
    version = calendar_version_of(chat)
    try:
        return follow_up_due(now, calendar=work_calendar(version), zone=version.time_zone)
    except NoWorkingTime:
        return now + DAY


@transaction.atomic
def close_follow_up(follow_up_id: int, *, by: User, reason: str, now: datetime) -> FollowUp:
    """Close the task with what was done (SUR-09). Raises ClosedAlready or NoReason."""
    follow_up = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up_id)
    if follow_up.closed_at is not None:
        raise ClosedAlready
    if not reason.strip():
        raise NoReason
    follow_up.closed_at, follow_up.closed_by, follow_up.reason = now, by, reason.strip()
    follow_up.notices_outdated = True
    follow_up.save(update_fields=["closed_at", "closed_by", "reason", "notices_outdated"])
    return follow_up


def mark_follow_up(follow_up: FollowUp, *, told_at: datetime | None, reminded_at: datetime | None) -> None:
    """Note what managers were told of a locked follow-up; they know how it stands now."""
    follow_up.told_at, follow_up.reminded_at = told_at, reminded_at
    follow_up.notices_outdated = False
    follow_up.save(update_fields=["told_at", "reminded_at", "notices_outdated"])
