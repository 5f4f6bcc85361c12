"""The quarterly survey: once a quarter, whoever starts it (SUR-02)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from buhbot.models import User
from buhbot.preferences import preferences
from feedback.models import Survey
from feedback.rules import LATE_START, Quarter, quarterly_start
from feedback.selectors import firm_calendar


class QuarterTaken(Exception):
    """There is a survey about this quarter already."""

    def __init__(self, survey: Survey) -> None:
        super().__init__(survey.title)
        self.survey = survey


@dataclass(frozen=True, slots=True)
class Words:
    """What people read of a survey that nobody wrote."""

    title: str
    question: str


def begin_quarterly(words: Words, *, quarter: Quarter, now: datetime) -> Survey | None:
    """Make the survey about the quarter before if its instant has come; None: there is nothing to do (SUR-02).

    After a downtime it is made up for within seven days, and left out later.
    """
    chosen, calendar = preferences(), firm_calendar()
    if not chosen.quarterly_surveys:
        return None
    start = quarterly_start(
        quarter,
        weekday=chosen.survey_weekday,
        hour=chosen.survey_hour,
        calendar=calendar,
        zone=calendar.timezone,
    )
    if start is None or not start <= now < start + LATE_START:
        return None
    if Survey.objects.filter(quarter=quarter.before.key).exists():
        return None
    try:
        return make_quarterly(quarter.before, words, by=None, now=now)
    except QuarterTaken:
        return None


def current_quarter(now: datetime) -> Quarter:
    """Return the quarter that runs in the firm's zone."""
    return Quarter.of(now.astimezone(ZoneInfo(firm_calendar().timezone)).date())


def make_quarterly(quarter: Quarter, words: Words, *, by: User | None, now: datetime) -> Survey:
    """Make the survey about the quarter, which starts at once. Raises QuarterTaken: it is made once (SUR-02)."""
    try:
        with transaction.atomic():
            return Survey.objects.create(
                title=words.title,
                question=words.question,
                quarter=quarter.key,
                period_from=quarter.first,
                period_to=quarter.last,
                audience=Survey.Audience.WROTE,
                cooldown_days=preferences().survey_cooldown_days,
                state=Survey.State.SCHEDULED,
                starts_at=now,
                created_at=now,
                created_by=by,
            )
    except IntegrityError:
        taken = Survey.objects.filter(quarter=quarter.key).first()
        if taken is None:
            raise
        raise QuarterTaken(taken) from None
