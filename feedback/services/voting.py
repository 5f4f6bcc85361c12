"""A person's rating of one chat's copy: given, changed, withdrawn; each is an event, and a low one a task (SUR-06)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from buhbot.models import User
from feedback.models import Delivery, Vote, VoteEvent
from feedback.rules import is_rating
from feedback.services.following import look_after

Kind = VoteEvent.Kind


class VoteRefused(Exception):
    """The vote is not taken."""


class SurveyIsOver(VoteRefused):
    """The survey was closed, or has expired by the clock."""


class StaffDoNotVote(VoteRefused):
    """Surveys are for clients."""


class NoSuchRating(VoteRefused):
    """The scale of the survey has no such rating."""


class NothingToWithdraw(VoteRefused):
    """The person has no rating in this chat's copy."""


@dataclass(frozen=True, slots=True)
class Voter:
    """Who votes, by Telegram's id."""

    telegram_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote, and what became of it; no kind: it was so before."""

    vote: Vote
    kind: str | None


@transaction.atomic
def rate(delivery_id: int, voter: Voter, *, rating: int, now: datetime) -> Cast:
    """Take the rating, or the change of it (SUR-06). Raises VoteRefused, or Delivery.DoesNotExist."""
    delivery = _locked(delivery_id, voter, now)
    if not is_rating(delivery.survey.kind, rating):
        raise NoSuchRating
    vote, _ = Vote.objects.get_or_create(
        delivery=delivery,
        telegram_id=voter.telegram_id,
        defaults={"name": voter.name[:255], "voted_at": now, "changed_at": now},
    )
    if vote.rating == rating:
        return Cast(vote, None)
    kind = Kind.GIVEN if vote.rating is None else Kind.CHANGED
    vote.name = voter.name[:255]
    return _note(vote, kind, rating, now)


@transaction.atomic
def withdraw(delivery_id: int, voter: Voter, *, now: datetime) -> Cast:
    """Take the rating back while the survey is open (SUR-06). Raises VoteRefused, or Delivery.DoesNotExist."""
    delivery = _locked(delivery_id, voter, now)
    vote = Vote.objects.filter(delivery=delivery, telegram_id=voter.telegram_id).first()
    if vote is None or vote.rating is None:
        raise NothingToWithdraw
    return _note(vote, Kind.WITHDRAWN, None, now)


def _locked(delivery_id: int, voter: Voter, now: datetime) -> Delivery:
    """Lock the chat's copy: two votes at once, in the group and in private, come one after the other."""
    rows = Delivery.objects.select_for_update(no_key=True, of=("self",)).select_related("survey", "chat")
    delivery = rows.get(pk=delivery_id)
    if User.objects.filter(telegram_id=voter.telegram_id, is_active=True).exists():
        raise StaffDoNotVote
    if not delivery.survey.is_open(now):
        raise SurveyIsOver
    return delivery


def _note(vote: Vote, kind: Kind, rating: int | None, now: datetime) -> Cast:
    vote.rating, vote.changed_at = rating, now
    vote.save(update_fields=["name", "rating", "changed_at"])
    VoteEvent.objects.create(vote=vote, kind=kind, rating=rating, at=now)
    look_after(vote, now=now)
    return Cast(vote, kind)
