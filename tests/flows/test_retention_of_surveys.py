"""Old surveys go whole, with votes, follow-ups and published figures (FBK-05, SEC-14)."""

from datetime import UTC, datetime, timedelta

from bot.announcer.surveys import run_surveys
from feedback.models import (
    CommentQuestion,
    Delivery,
    FollowUp,
    PublishedTally,
    Survey,
    Vote,
    VoteEvent,
)
from feedback.services import close
from tests.flows.surveying import make_survey, start_survey, vote
from tests.flows.test_retention import purged
from tests.flows.world import World

OLD = datetime(2023, 11, 14, 7, 0, tzinfo=UTC)  # ended and counted more than three years before the purge
ALL = (CommentQuestion, Delivery, FollowUp, PublishedTally, Survey, Vote, VoteEvent)


def ended(world: World) -> Vote:
    """A survey of then with a vote, whose figures were published."""
    survey = start_survey(OLD)
    given = vote(survey, 2)
    VoteEvent.objects.create(vote=given, kind="given", rating=2, at=OLD)
    CommentQuestion.objects.create(vote=given, telegram_id=501, channel="chat", asked_at=OLD)
    close(survey.pk, by=world.manager, now=OLD + timedelta(days=1))
    run_surveys(OLD + timedelta(days=2))
    assert PublishedTally.objects.exists()
    return given


def test_fbk_05_an_old_survey_goes_with_all_that_hangs_on_it(world: World) -> None:
    given = ended(world)
    FollowUp.objects.create(
        vote=given, rating=2, opened_at=OLD, due_at=OLD, closed_at=OLD, closed_by=world.manager, reason="Да"
    )
    assert purged()["feedback_survey"] == 1
    assert [kind.__name__ for kind in ALL if kind.objects.exists()] == []


def test_fbk_05_an_open_follow_up_keeps_its_survey(world: World) -> None:
    FollowUp.objects.create(vote=ended(world), rating=2, opened_at=OLD, due_at=OLD)
    assert "feedback_survey" not in purged()
    assert Vote.objects.get().rating == 2


def test_fbk_05_a_survey_that_nobody_closed_goes_too(world: World) -> None:
    vote(start_survey(OLD, validity_days=7), 5)
    assert purged()["feedback_survey"] == 1
    assert not Vote.objects.exists()


def test_fbk_05_a_survey_younger_than_the_term_stays_whole(world: World) -> None:
    vote(start_survey(OLD, validity_days=13), 5)
    make_survey(title="Черновик")
    assert "feedback_survey" not in purged()
    assert (Survey.objects.count(), Vote.objects.count()) == (2, 1)
