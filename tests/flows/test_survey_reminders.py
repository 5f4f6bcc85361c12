"""Chats without a vote are reminded once, and at last their manager is told (SUR-08)."""

from typing import Any

import pytest

from bot.announcer.surveys import run_surveys
from buhbot.models import Absence, Assignment, Chat, SurveyOptOut, User
from feedback.models import Survey
from feedback.services import close
from tests.flows.surveying import (
    DAY,
    NOW,
    QUESTION,
    arrive,
    asked,
    delivery,
    many_chats,
    start_survey,
    vote,
)
from tests.flows.world import CLIENT_ID, World, buttons, minutes, staff


def days_pass(count: int) -> None:
    for day in range(1, count + 1):
        for _ in range(2):
            run_surveys(NOW + day * DAY)
            arrive(NOW + day * DAY)


def told(world: World) -> list[str]:
    return [text for text in world.texts_to(world.manager) if "нет оцен" in text]


def test_sur_08_a_chat_without_a_vote_is_reminded_on_the_second_day_once(world: World) -> None:
    start_survey()
    run_surveys(NOW + 2 * DAY - minutes(1))
    assert len(asked(world)) == 1
    days_pass(6)
    first, reminder = asked(world)
    assert QUESTION in reminder.payload["text"]
    assert reminder.payload["reply_parameters"]["message_id"] == first.telegram_message_id
    assert buttons(reminder) == buttons(first)


def test_sur_08_two_days_later_the_manager_of_the_chat_is_told_once(world: World) -> None:
    survey = start_survey()
    days_pass(3)
    assert told(world) == []
    days_pass(6)
    (text,) = told(world)
    assert "ООО «Ромашка»" in text
    assert f"/admin/feedback/survey/{survey.pk}/change/" in text


@pytest.mark.parametrize("rating", [1, 5, None])
def test_sur_08_a_vote_stops_both_even_when_it_was_withdrawn(world: World, rating: int | None) -> None:
    vote(start_survey(), rating)
    days_pass(6)
    assert (len(asked(world)), told(world)) == (1, [])


def test_sur_08_a_vote_after_the_reminder_stops_the_notice(world: World) -> None:
    survey = start_survey()
    days_pass(2)
    vote(survey)
    days_pass(6)
    assert (len(asked(world)), told(world)) == (2, [])


def test_sur_08_closing_stops_both(world: World) -> None:
    close(start_survey().pk, by=world.manager, now=NOW)
    days_pass(6)
    assert (len(asked(world)), told(world)) == (1, [])


def test_sur_08_expiry_stops_both(world: World) -> None:
    start_survey(validity_days=2)
    days_pass(6)
    assert (len(asked(world)), told(world)) == (1, [])


def _close(world: World) -> None:
    close(Survey.objects.get().pk, by=world.manager, now=NOW + 2 * DAY)


def _expire(_world: World) -> None:
    Survey.objects.update(expires_at=NOW + 2 * DAY)


def _vote(_world: World) -> None:
    vote(Survey.objects.get())


@pytest.mark.parametrize("happens", [_close, _expire, _vote])
def test_sur_08_a_reminder_that_has_not_left_is_called_back(world: World, happens: Any) -> None:
    start_survey()
    run_surveys(NOW + 2 * DAY)
    happens(world)
    run_surveys(NOW + 2 * DAY + minutes(1))
    assert [one.state for one in asked(world)] == ["sent", "cancelled"]


def test_sur_08_a_survey_without_reminder_has_neither(world: World) -> None:
    start_survey(reminder_days=0)
    days_pass(6)
    assert (len(asked(world)), told(world)) == (1, [])


def test_sur_08_a_chat_with_an_overdue_request_is_reminded_after_it(world: World) -> None:
    start_survey()
    world.client_says("Где акт?", NOW + DAY)
    world.passes(NOW + 2 * DAY)
    run_surveys(NOW + 2 * DAY)
    assert len(asked(world)) == 1
    world.says(world.accountant, "Высылаю", NOW + 2 * DAY + minutes(1))
    run_surveys(NOW + 2 * DAY + minutes(2))
    assert len(asked(world)) == 2


@pytest.mark.parametrize(
    "change", [{"life_cycle": "left"}, {"is_monitored": False}, {"unreachable_since": NOW}]
)
def test_sur_08_a_chat_that_is_gone_is_not_reminded(world: World, change: dict[str, object]) -> None:
    survey = start_survey()
    Chat.objects.update(**change)
    days_pass(6)
    assert (delivery(survey).reminded_at, told(world)) == (None, [])


def test_sur_11_who_opted_out_meanwhile_is_not_reminded(world: World) -> None:
    world.client_says("спасибо", NOW - DAY)
    start_survey()
    SurveyOptOut.objects.create(telegram_id=CLIENT_ID, since=NOW)
    days_pass(6)
    assert len(asked(world)) == 1


def test_sur_08_a_manager_of_many_silent_chats_gets_one_message(world: World) -> None:
    many_chats(world, 40)
    start_survey()
    days_pass(6)
    (text,) = told(world)
    assert "и ещё 11" in text


def test_sur_08_who_stands_in_for_the_manager_is_told(world: World) -> None:
    deputy = staff("Пётр", "manager", 620)
    Absence.objects.create(
        user=world.manager, substitute=deputy, starts_at=NOW, ends_at=NOW + 30 * DAY, created_at=NOW
    )
    start_survey()
    days_pass(6)
    assert told(world) == []
    assert any("нет оцен" in text for text in world.texts_to(deputy))


def test_sur_08_without_a_manager_of_the_chat_all_managers_are_told_or_administrators(world: World) -> None:
    Assignment.objects.filter(duty="manager").delete()
    User.objects.filter(pk=world.manager.pk).update(unreachable_since=NOW)
    start_survey()
    days_pass(6)
    assert any("нет оцен" in text for text in world.texts_to(world.admin))


def test_sur_08_nobody_to_tell_is_told_when_somebody_is_there(world: World) -> None:
    survey = start_survey(validity_days=20)
    User.objects.update(unreachable_since=NOW)
    days_pass(6)
    assert delivery(survey).manager_told_at is None
    User.objects.update(unreachable_since=None)
    run_surveys(NOW + 7 * DAY)
    assert len(told(world)) == 1
