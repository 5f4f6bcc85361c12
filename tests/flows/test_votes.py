"""Votes: given, changed, withdrawn, refused; the group sees nothing of them (SUR-05, SUR-06)."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from bot.keyboards import press
from bot.models import InboundUpdate
from buhbot.models import Chat, Membership
from buhbot.ops.metrics import FEEDBACK_VOTES
from feedback.models import Delivery, Survey, Vote, VoteEvent
from feedback.services import close
from tests.flows.surveying import DAY, NOW, asked, delivery, make_bot, start_survey
from tests.flows.voting import follow_link, last_form, open_form, press_in_group, press_in_private, rate
from tests.flows.world import CLIENT_ID, World, buttons

GIVEN = "Спасибо! Ваша оценка: 4 ⭐. Её можно изменить, пока опрос открыт."


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def events() -> list[tuple[str, int | None]]:
    return list(VoteEvent.objects.values_list("kind", "rating"))


def test_sur_06_a_vote_is_per_delivery_and_person(world: World) -> None:
    survey = start_survey()
    assert rate(world, survey, 4) == GIVEN
    assert "5 ⭐" in rate(world, survey, 5, person=502)
    assert sorted(Vote.objects.values_list("telegram_id", "rating")) == [(CLIENT_ID, 4), (502, 5)]


def test_sur_06_it_can_be_changed_and_each_change_is_an_event(world: World) -> None:
    survey = start_survey()
    toasts = [rate(world, survey, rating) for rating in (4, 2, 2)]
    assert toasts == [GIVEN, "Оценка изменена: 2 ⭐.", "Ваша оценка уже 2 ⭐."]
    assert events() == [("given", 4), ("changed", 2)]


def test_sur_06_it_can_be_withdrawn_and_given_anew(world: World) -> None:
    survey = start_survey()
    rate(world, survey, 4)
    withdraw = press("survey_withdraw", delivery(survey).pk)
    assert "отозвана" in press_in_private(world, CLIENT_ID, withdraw)
    assert press_in_private(world, CLIENT_ID, withdraw) == "Вы ещё не ставили оценку."
    rate(world, survey, 5)
    assert events() == [("given", 4), ("withdrawn", None), ("given", 5)]
    assert Vote.objects.get().rating == 5


def test_sur_06_staff_are_refused(world: World) -> None:
    survey = start_survey()
    for person in (world.accountant, world.manager, world.admin):
        assert rate(world, survey, 5, person=person.telegram_id or 0) == (
            "Опросы — для клиентов; сотрудники не голосуют."
        )
    assert not Vote.objects.exists()


def test_sur_06_the_groups_keyboard_never_changes(world: World) -> None:
    survey = start_survey()
    for rating in (1, 5, 3):
        rate(world, survey, rating)
    (ballot,) = asked(world)
    assert not ballot.edits_made.exists()
    said = [text for text in world.texts_to(world.chat) if "⭐" in text]
    assert said == []


def test_sur_06_the_private_form_shows_the_own_rating_and_withdraws_it(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
    form = open_form(world, CLIENT_ID, survey)
    assert "Ваша оценка" not in form.payload["text"]
    press_in_private(world, CLIENT_ID, press("rate4", delivery(survey).pk), form)
    shown = last_form(form)
    assert "Ваша оценка: <b>4 ⭐</b>" in shown.payload["text"]
    assert [one["text"] for one in buttons(shown)][3:6] == ["✓ 4 ⭐", "5 ⭐", "Отозвать оценку"]
    press_in_private(world, CLIENT_ID, press("survey_withdraw", delivery(survey).pk), form)
    assert "Ваша оценка" not in last_form(form).payload["text"]


def test_sur_05_the_link_shows_the_rating_given_in_the_group(world: World) -> None:
    make_bot()
    survey = start_survey()
    assert "Оценить лично" in [one["text"] for one in buttons(asked(world)[0])]
    rate(world, survey, 4)
    assert "4 ⭐</b>" in open_form(world, CLIENT_ID, survey).payload["text"]
    assert "⭐</b>" not in open_form(world, 502, survey).payload["text"]


def test_sur_05_a_private_vote_leaves_no_trace_in_the_group(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
    before = len(world.sent_to(world.chat))
    press_in_private(
        world, CLIENT_ID, press("rate1", delivery(survey).pk), open_form(world, CLIENT_ID, survey)
    )
    assert Vote.objects.get().rating == 1
    assert len(world.sent_to(world.chat)) == before


def test_sur_05_who_left_the_chat_votes_there_no_more(world: World) -> None:
    make_bot()
    survey = start_survey(channel="private")
    data = press("rate5", delivery(survey).pk)
    Membership.objects.create(chat=world.chat, telegram_id=CLIENT_ID, is_member=False, since=NOW)
    assert "пока не знает вас" in follow_link(world, CLIENT_ID, survey).payload["text"]
    assert "пока не знает вас" in press_in_private(world, CLIENT_ID, data)
    assert not Vote.objects.exists()


def test_sur_05_the_form_of_a_survey_that_is_over_shows_the_own_rating(world: World) -> None:
    make_bot()
    survey = start_survey()
    rate(world, survey, 4)
    close(survey.pk, by=world.manager, now=NOW)
    form = open_form(world, CLIENT_ID, survey)
    assert "завершён" in form.payload["text"]
    assert "4 ⭐" in form.payload["text"]
    assert buttons(form) == []


def closed(world: World, survey: Survey) -> str:
    close(survey.pk, by=world.manager, now=NOW)
    return rate(world, survey, 5)


def expired(world: World, survey: Survey) -> str:
    Survey.objects.update(started_at=NOW - 8 * DAY, expires_at=NOW - DAY)
    return rate(world, survey, 5)


def foreign(world: World, survey: Survey) -> str:
    other = Chat.objects.create(
        telegram_id=-100777, kind="supergroup", title="Чужой", tier=world.chat.tier, registered_at=NOW
    )
    theirs = Delivery.objects.create(survey=survey, chat=other, state="delivered", queued_at=NOW)
    return press_in_group(world, CLIENT_ID, press("rate5", theirs.pk))


def forged(world: World, survey: Survey) -> str:
    return press_in_group(world, CLIENT_ID, f"rate5:{delivery(survey).pk}:forgedforged")


def off_the_scale(world: World, survey: Survey) -> str:
    return press_in_group(world, CLIENT_ID, press("rate9", delivery(survey).pk))


def gone(world: World, survey: Survey) -> str:
    data = press("rate5", delivery(survey).pk)
    survey.delete()
    return press_in_group(world, CLIENT_ID, data)


def anonymous(world: World, survey: Survey) -> str:
    return press_in_group(world, 1087968824, press("rate5", delivery(survey).pk), is_bot=True)


BAD = [
    (closed, "Опрос завершён. Спасибо!"),
    (expired, "Опрос завершён. Спасибо!"),
    (foreign, "Этот опрос — из другого чата."),
    (forged, "Эта кнопка больше не действует"),
    (off_the_scale, "Эта кнопка больше не действует"),
    (gone, "Эта кнопка больше не действует"),
    (anonymous, "Пожалуйста, оцените от своего имени, а не от имени группы или канала."),
]


@pytest.mark.parametrize(("happens", "toast"), BAD)
def test_sur_06_what_cannot_count_is_told_kindly(world: World, happens: Any, toast: str) -> None:
    survey = start_survey()
    assert toast in happens(world, survey)
    assert (Vote.objects.count(), world.failed()) == (0, [])


def test_sur_06_a_group_that_became_a_supergroup_still_votes(world: World) -> None:
    survey = start_survey()
    old = world.chat.telegram_id
    Chat.objects.update(telegram_id=-100555, former_telegram_id=old)
    for group in (old, -100555):
        press_in_group(world, CLIENT_ID, press("rate4", delivery(survey).pk), group=group)
    assert (Vote.objects.get().rating, world.failed()) == (4, [])


@pytest.mark.parametrize("life_cycle", ["left", "deleted", "paused"])
def test_sur_06_a_chat_that_is_gone_is_answered_without_an_error(world: World, life_cycle: str) -> None:
    survey = start_survey()
    Chat.objects.update(life_cycle=life_cycle)
    rate(world, survey, 4)
    assert world.failed() == []


def test_sur_06_a_hundred_presses_at_once_are_one_vote(world: World) -> None:
    survey = start_survey()
    for number in range(100):
        press_in_group(world, CLIENT_ID, press(f"rate{number % 5 + 1}", delivery(survey).pk))
    assert (Vote.objects.count(), Vote.objects.get().rating, world.failed()) == (1, 5, [])
    assert VoteEvent.objects.count() == 30  # then the bot loses its patience (BOT-06)


def test_sur_06_a_doubled_update_counts_once(world: World) -> None:
    survey = start_survey()
    rate(world, survey, 4)
    again = InboundUpdate.objects.latest("update_id").payload
    world.post(again)
    assert (events(), InboundUpdate.objects.filter(state="pending").count()) == ([("given", 4)], 0)


def test_sur_06_a_vote_before_the_sending_is_noted_counts(world: World) -> None:
    survey = start_survey()
    Delivery.objects.update(state="queued")
    rate(world, survey, 4)
    assert Vote.objects.count() == 1


def test_sur_06_recommendations_have_their_scale(world: World) -> None:
    survey = start_survey(kind="nps")
    assert "0 из 10" in rate(world, survey, 0)
    assert "10 из 10" in rate(world, survey, 10)


def test_mon_01_each_vote_that_is_given_is_counted(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    survey, before = start_survey(), FEEDBACK_VOTES._value.get()
    with django_capture_on_commit_callbacks(execute=True):
        rate(world, survey, 4)
        rate(world, survey, 5)
    assert FEEDBACK_VOTES._value.get() == before + 1
