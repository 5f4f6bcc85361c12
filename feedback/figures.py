"""Ratings counted for people: all of them for managers, published ones for the others (FBK-01 to FBK-04).

A rating belongs to the period in which its survey **started**, so that no survey is split; one that was withdrawn
does not count. Whose a rating is was frozen when the chat got its copy (SUR-10).
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from feedback.models import Delivery, Vote
from feedback.rules import Quarter
from feedback.scores import Tally, total

Key = TypeVar("Key", bound=Hashable)
HAS_VOTE = Exists(Vote.objects.filter(delivery=OuterRef("pk"), rating__isnull=False))


@dataclass(frozen=True, slots=True)
class Group:
    """The ratings of one survey in the chats of one accountant."""

    survey_id: int
    title: str
    started_at: datetime
    accountant_id: int | None
    accountant: str
    tally: Tally

    @property
    def quarter(self) -> Quarter:
        """In which quarter the survey started, in the firm's zone."""
        return quarter_of(self.started_at)


def quarter_of(at: datetime) -> Quarter:
    """Return the quarter of an instant in the firm's zone."""
    return Quarter.of(timezone.localtime(at).date())


def groups(deliveries: QuerySet[Delivery]) -> list[Group]:
    """Count the ratings in these copies by survey and accountant, in two queries."""
    started = deliveries.filter(survey__started_at__isnull=False).order_by()
    found: dict[tuple[int, int | None], Group] = {}
    counts = _counts(started)
    for row in (
        started.annotate(has_vote=HAS_VOTE)
        .values_list(*_KEYS)
        .annotate(
            all=Count("pk", filter=Q(state=Delivery.State.DELIVERED)),
            voted=Count("pk", filter=Q(state=Delivery.State.DELIVERED, has_vote=True)),
        )
    ):
        pk, title, started_at, kind, who, name, delivered, voted = row
        tally = Tally(kind, counts.get((pk, who), {}), delivered, voted)
        found[pk, who] = Group(pk, title, started_at, who, name or "", tally)
    return sorted(found.values(), key=lambda one: (one.started_at, one.survey_id), reverse=True)


def _counts(deliveries: QuerySet[Delivery]) -> dict[tuple[int, int | None], dict[int, int]]:
    votes = Vote.objects.filter(delivery__in=deliveries, rating__isnull=False).order_by()
    counted = votes.values_list("delivery__survey", "delivery__accountant", "rating").annotate(n=Count("pk"))
    found: dict[tuple[int, int | None], dict[int, int]] = {}
    for survey, accountant, rating, n in counted:
        found.setdefault((survey, accountant), {})[rating or 0] = n
    return found


_KEYS = (
    *("survey", "survey__title", "survey__started_at", "survey__kind"),
    *("accountant", "accountant__full_name"),
)


def together(kind: str, found: Iterable[Group]) -> Tally:
    """Add up the groups whose surveys have the scale."""
    return total(kind, (one.tally for one in found if one.tally.kind == kind))


def grouped(kind: str, found: Iterable[Group], by: Callable[[Group], Key]) -> dict[Key, Tally]:
    """Add up the groups of the scale by a key, in the order in which the keys come."""
    rows: dict[Key, Tally] = {}
    for one in found:
        if one.tally.kind == kind:
            rows[by(one)] = rows.get(by(one), Tally(kind)).plus(one.tally)
    return rows


@dataclass(frozen=True, slots=True)
class Published:
    """A survey that is over, as an accountant or observer may know it: the firm's figures, or one's own.

    Without a tally there are too few answers, or one person's could be worked out.
    """

    survey_id: int
    title: str
    kind: str
    period_from: date
    period_to: date
    started_at: datetime
    is_own: bool
    tally: Tally | None
    has_comments: bool


def published() -> list[Published]:
    """Return what the database tells the person who acts, the newest survey first (FBK-04)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT survey_id, title, kind, period_from, period_to, started_at, is_own, has_comments,"
            " counts, delivered, chats FROM published_feedback()"
        )
        return [_published(*row) for row in cursor.fetchall()]


def _published(*row: Any) -> Published:
    pk, title, kind, first, last, started_at, is_own, has_comments, counts, delivered, chats = row
    tally = None if counts is None else Tally(kind, dict(enumerate(counts)), delivered, chats)
    return Published(pk, title, kind, first, last, started_at, is_own, tally, has_comments)


def published_comments(of: Sequence[Published]) -> list[tuple[Published, str]]:
    """Return the comments on these that the person who acts may read: without names, each by the alphabet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.place, said.comment FROM unnest(%s::bigint[], %s::boolean[]) WITH ORDINALITY"
            " AS asked (survey, own, place), published_comments(asked.survey, asked.own) WITH ORDINALITY"
            " AS said (comment, number) ORDER BY asked.place, said.number",
            [[one.survey_id for one in of], [one.is_own for one in of]],
        )
        return [(of[place - 1], text) for place, text in cursor.fetchall()]
