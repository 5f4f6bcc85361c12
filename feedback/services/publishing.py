"""Counting a survey that is over, once, for those who may know aggregates only (FBK-03)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Least

from feedback.disclosure import LEAST, Answer, Cell, parts, whole
from feedback.models import Delivery, PublishedTally, Survey, Vote
from feedback.models.votes import MAX_RATING

AFTER = timedelta(hours=1)  # what was asked before the end, a comment in private for one, comes in until then
BATCH = 20


def publish_tallies(now: datetime) -> int:
    """Count the surveys that ended an hour ago or earlier; return how many. Each is counted once for all time."""
    ended_at = Least("expires_at", Coalesce("closed_at", "expires_at"))
    counted = Exists(PublishedTally.objects.filter(survey=OuterRef("pk")))
    ended = Survey.objects.annotate(ended_at=ended_at).filter(~counted, ended_at__lte=now - AFTER)
    keys = list(ended.order_by("ended_at", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_publish(key, now) for key in keys)


@transaction.atomic
def _publish(survey_id: int, now: datetime) -> bool:
    """Count one survey, unless somebody else does at this moment."""
    free = Survey.objects.select_for_update(skip_locked=True).filter(pk=survey_id)
    if not free or PublishedTally.objects.filter(survey=survey_id).exists():
        return False
    answers = _answers(survey_id, now)
    cells: list[tuple[int | None, Cell]] = [(None, whole(answers)), *parts(answers).items()]
    reach = _reach(survey_id)
    PublishedTally.objects.bulk_create(
        _tally(survey_id, accountant, cell, reach.get(accountant, (0, 0)), now) for accountant, cell in cells
    )
    return True


def _answers(survey_id: int, now: datetime) -> list[Answer]:
    """Return the votes that count, each with whose the chat was when the survey went out."""
    rows = (
        Vote.objects.filter(delivery__survey=survey_id, rating__isnull=False)
        .order_by()
        .values_list("telegram_id", "delivery__accountant", "rating", "comment", "commented_at")
    )
    return [
        Answer(person, accountant, rating, bool(comment) and commented_at is not None and commented_at <= now)
        for person, accountant, rating, comment, commented_at in rows
        if rating is not None
    ]


def _reach(survey_id: int) -> dict[int | None, tuple[int, int]]:
    """Return how many chats got their copy and how many of these have a vote: of each accountant, and of all."""
    has_vote = Exists(Vote.objects.filter(delivery=OuterRef("pk"), rating__isnull=False))
    delivered = Delivery.objects.filter(survey=survey_id, state=Delivery.State.DELIVERED).order_by()
    counted = (
        delivered.annotate(has_vote=has_vote)
        .values("accountant")
        .annotate(all=Count("pk"), voted=Count("pk", filter=Q(has_vote=True)), who=F("accountant"))
    )
    rows = [(row["who"], row["all"], row["voted"]) for row in counted]
    every = (sum(found for _who, found, _voted in rows), sum(voted for _who, _found, voted in rows))
    return {**{who: (found, voted) for who, found, voted in rows}, None: every}


def _tally(
    survey_id: int, accountant: int | None, cell: Cell, reach: tuple[int, int], now: datetime
) -> PublishedTally:
    """Make the row; what may never be told is not even kept."""
    is_ever_told = cell.safe_for >= LEAST
    delivered, chats = reach if is_ever_told else (0, 0)
    return PublishedTally(
        survey_id=survey_id,
        accountant_id=accountant,
        counts=list(_by_rating(cell)) if is_ever_told else [],
        delivered=delivered,
        chats=chats,
        safe_for=cell.safe_for if is_ever_told else 0,
        comments_safe_for=cell.comments_safe_for if is_ever_told else 0,
        published_at=now,
    )


def _by_rating(cell: Cell) -> Iterable[int]:
    return [cell.counts.get(rating, 0) for rating in range(MAX_RATING + 1)]
