"""What managers do to a survey: schedule or start it, take that back, close it, copy it (SUR-01, SUR-11)."""

from datetime import datetime

from django.db import transaction

from buhbot.models import User
from feedback.models import Survey
from feedback.rules import may_follow

State = Survey.State
COPIED = (
    *("kind", "question", "period_from", "period_to", "audience", "segment", "channel"),
    *("validity_days", "reminder_days", "cooldown_days"),
)


class NotInThisState(Exception):
    """The survey is past the state in which this can be done."""


class StartIsPast(Exception):
    """The start lies in the past."""


@transaction.atomic
def schedule(survey_id: int, *, at: datetime, now: datetime) -> Survey:
    """Let a draft start by itself at the instant; with `at=now` with the next tick (SUR-01).

    Raises NotInThisState or StartIsPast.
    """
    survey = _locked(survey_id, wanted=State.SCHEDULED)
    if at < now:
        raise StartIsPast
    survey.state, survey.starts_at = State.SCHEDULED, at
    survey.save(update_fields=["state", "starts_at"])
    return survey


@transaction.atomic
def unschedule(survey_id: int) -> Survey:
    """Make a draft again of what has not started. Raises NotInThisState."""
    survey = _locked(survey_id, wanted=State.DRAFT)
    survey.state = State.DRAFT
    survey.save(update_fields=["state"])
    return survey


@transaction.atomic
def close(survey_id: int, *, by: User, now: datetime) -> Survey:
    """End a survey before its time: no vote is taken, nothing goes out any more (SUR-08). Raises NotInThisState."""
    survey = _locked(survey_id, wanted=State.CLOSED)
    if not survey.is_open(now):
        raise NotInThisState
    survey.state, survey.closed_at, survey.closed_by = State.CLOSED, now, by
    survey.save(update_fields=["state", "closed_at", "closed_by"])
    return survey


@transaction.atomic
def copy(survey: Survey, *, title: str, by: User, now: datetime) -> Survey:
    """Make a draft of the same content, with the same picked chats."""
    same = {name: getattr(survey, name) for name in COPIED}
    made = Survey.objects.create(title=title, created_at=now, created_by=by, **same)
    made.chats.set(survey.chats.all())
    return made


def _locked(survey_id: int, *, wanted: str) -> Survey:
    survey = Survey.objects.select_for_update().get(pk=survey_id)
    if not may_follow(survey.state, wanted):
        raise NotInThisState
    return survey
