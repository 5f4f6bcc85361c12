"""What accountants and observers may learn of votes, and that nothing more follows from it (FBK-03, FBK-04)."""

from datetime import timedelta

import pytest

from bot.announcer.surveys import run_surveys
from buhbot.acting import as_person
from buhbot.models import Preference, Role, User
from feedback.figures import Published, published, published_comments
from feedback.models import PublishedTally, Survey, Vote
from feedback.services import close
from tests.flows.rating import HOUR, OVER, publish, rated
from tests.flows.surveying import NOW
from tests.flows.world import World

MIXED = "55411"


@pytest.fixture
def boris(world: World) -> User:
    return User.objects.create_user("boris@firm.test", full_name="Борис", role=Role.ACCOUNTANT)


@pytest.fixture
def olga(world: World) -> User:
    return User.objects.create_user("olga@firm.test", full_name="Ольга", role=Role.OBSERVER)


def seen(user: User) -> dict[bool, Published]:
    """What the person is told: of the firm, and of the own chats."""
    with as_person(user_id=user.pk, role=user.role):
        return {one.is_own: one for one in published()}


def counts(user: User) -> dict[bool, dict[int, int] | None]:
    return {
        is_own: {key: n for key, n in one.tally.counts.items() if n} if one.tally else None
        for is_own, one in seen(user).items()
    }


def comments(user: User, survey: Survey, *, is_own: bool = False) -> list[str]:
    with as_person(user_id=user.pk, role=user.role):
        told = [one for one in published() if (one.survey_id, one.is_own) == (survey.pk, is_own)]
        return [text for _one, text in published_comments(told)]


def test_fbk_03_an_accountant_is_told_the_firms_and_the_own_figures(
    world: World, boris: User, olga: User
) -> None:
    rated({world.accountant: MIXED, boris: "54321"})
    publish()
    assert counts(olga) == {False: {5: 3, 4: 2, 3: 1, 2: 1, 1: 3}}
    assert counts(world.accountant) == {False: {5: 3, 4: 2, 3: 1, 2: 1, 1: 3}, True: {5: 2, 4: 1, 1: 2}}
    assert counts(boris)[True] == {5: 1, 4: 1, 3: 1, 2: 1, 1: 1}
    own = seen(boris)[True].tally
    assert own is not None
    assert (own.delivered, own.chats, own.response.value) == (5, 5, 1)


def test_fbk_03_nothing_is_told_while_votes_can_change(world: World, olga: User) -> None:
    survey = rated({world.accountant: MIXED})
    assert survey.expires_at is not None
    run_surveys(survey.expires_at + HOUR - timedelta(seconds=1))
    assert seen(olga) == {}
    run_surveys(survey.expires_at + HOUR)
    assert counts(olga)[False] == {5: 2, 4: 1, 1: 2}


def test_fbk_03_a_survey_that_is_closed_by_hand_is_told_an_hour_later(world: World, olga: User) -> None:
    survey = rated({world.accountant: MIXED})
    close(survey.pk, by=world.manager, now=NOW + 2 * HOUR)
    run_surveys(NOW + 3 * HOUR)
    assert counts(olga)[False] == {5: 2, 4: 1, 1: 2}


@pytest.mark.parametrize("votes", ["5541", "55555", "5541-", ""])
def test_fbk_03_too_few_or_all_alike_is_hidden(world: World, olga: User, votes: str) -> None:
    rated({world.accountant: votes})
    publish()
    assert counts(olga) == {False: None}


def test_fbk_03_what_may_never_be_told_is_not_even_kept(world: World) -> None:
    rated({world.accountant: "54"}, comments=True)
    publish()
    kept = PublishedTally.objects.filter(accountant=None).values_list(
        "counts", "delivered", "chats", "safe_for"
    )
    assert list(kept) == [([], 0, 0, 0)]


def test_fbk_03_a_second_figure_is_hidden_where_the_first_would_follow(world: World, boris: User) -> None:
    rated({world.accountant: MIXED, boris: "5541"})
    publish()
    assert counts(world.accountant) == {False: {5: 4, 4: 2, 1: 3}, True: None}
    assert counts(boris)[True] is None


def test_fbk_03_a_vote_that_goes_later_makes_no_difference(world: World, olga: User) -> None:
    rated({world.accountant: MIXED})
    publish()
    before = seen(olga)
    Vote.objects.filter(rating=4).update(rating=None)
    Vote.objects.filter(rating=1).update(rating=5)
    publish()
    assert seen(olga) == before


def test_fbk_03_comments_come_without_names_and_in_the_order_of_their_letters(
    world: World, boris: User
) -> None:
    survey = rated({boris: MIXED}, comments=True)
    for number, vote in enumerate(Vote.objects.order_by("pk")):
        Vote.objects.filter(pk=vote.pk).update(comment=f"{'ЯбВаг'[number]} — слово")
    publish()
    told = comments(boris, survey, is_own=True)
    assert told == comments(boris, survey)
    assert [text[0] for text in told] == ["а", "б", "В", "г", "Я"]


def test_fbk_03_few_comments_are_hidden_though_there_are_enough_votes(world: World, boris: User) -> None:
    survey = rated({boris: MIXED}, comments=True)
    Vote.objects.filter(pk=Vote.objects.earliest("pk").pk).update(comment="")
    publish()
    assert comments(boris, survey) == comments(boris, survey, is_own=True) == []
    assert counts(boris)[False] is not None


def test_fbk_03_a_comment_that_comes_too_late_is_not_told(world: World, olga: User) -> None:
    survey = rated({world.accountant: MIXED + "2"}, comments=True)
    publish()
    late = Vote.objects.latest("pk")
    Vote.objects.filter(pk=late.pk).update(commented_at=OVER + HOUR)
    assert len(comments(olga, survey)) == 5


def test_fbk_03_another_accountants_comments_are_not_told_apart(world: World, boris: User) -> None:
    survey = rated({boris: MIXED}, comments=True)
    publish()
    assert comments(world.accountant, survey, is_own=True) == []


@pytest.mark.parametrize(("chosen", "is_told"), [(4, True), (3, True), (1, True), (5, False)])
def test_fbk_03_the_minimum_is_a_setting_and_never_lower_than_3(
    world: World, olga: User, chosen: int, is_told: bool
) -> None:
    Preference.objects.create(key="least_voters", value=chosen)
    rated({world.accountant: "5441"})
    rated({world.accountant: "54"}, person=9100, title="Зима", created_at=NOW)
    publish()
    with as_person(user_id=olga.pk, role=olga.role):
        told = {one.title: one.tally is not None for one in published()}
    assert told == {"Осень": is_told, "Зима": False}


def test_fbk_03_whose_chats_they_were_is_frozen(world: World, boris: User) -> None:
    """Else a chat that changes hands would show in the difference of two accountants' figures."""
    rated({world.accountant: MIXED, boris: "54321"})
    before = seen(boris)
    publish()
    world.chat.assignments.update(user=boris)
    assert before == {}
    assert counts(boris)[True] == {5: 1, 4: 1, 3: 1, 2: 1, 1: 1}
