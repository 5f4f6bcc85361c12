"""The quarterly survey starts by itself, once, whoever starts it (SUR-02)."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from bot.announcer.surveys import run_surveys
from buhbot.models import Calendar, Preference
from feedback.models import Survey
from feedback.rules import Quarter
from feedback.services import QuarterTaken, Words, make_quarterly
from tests.flows.surveying import DAY, asked
from tests.flows.world import World, build, minutes

MONDAY = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)  # 11:00 in Moscow, the first Monday of October
AUTUMN = Quarter(2026, 3)
WORDS = Words("Опрос", "Как мы?")


def test_sur_02_it_starts_on_the_first_monday_for_chats_that_wrote(world: World) -> None:
    world.client_says("спасибо", MONDAY - 30 * DAY)
    run_surveys(MONDAY - minutes(1))
    assert not Survey.objects.exists()
    run_surveys(MONDAY)
    survey = Survey.objects.get()
    assert (survey.quarter, survey.period_from, survey.period_to) == (
        "2026-Q3",
        date(2026, 7, 1),
        date(2026, 9, 30),
    )
    assert survey.title == "Квартальный опрос: 3-й квартал 2026 года"
    (message,) = asked(world)
    assert "Насколько вы довольны нашей работой" in message.payload["text"]


def test_sur_02_a_quiet_chat_is_not_asked(world: World) -> None:
    world.client_says("спасибо", MONDAY - 120 * DAY)
    run_surveys(MONDAY)
    assert (Survey.objects.count(), asked(world)) == (1, [])


def test_sur_02_a_holiday_moves_it_to_the_next_working_day(world: World) -> None:
    Calendar.objects.get(is_default=True).exceptions.create(date=date(2026, 10, 5), hours="")
    run_surveys(MONDAY)
    assert not Survey.objects.exists()
    run_surveys(MONDAY + DAY)
    assert Survey.objects.count() == 1


def test_sur_02_it_is_made_up_for_within_a_week_and_left_out_later(world: World) -> None:
    run_surveys(MONDAY + 7 * DAY)
    assert not Survey.objects.exists()
    run_surveys(MONDAY + 6 * DAY)
    assert Survey.objects.count() == 1


def test_sur_02_switched_off_it_never_starts(world: World) -> None:
    Preference.objects.create(key="quarterly_surveys", value=False)
    run_surveys(MONDAY)
    assert not Survey.objects.exists()


def test_sur_02_every_tick_of_the_day_makes_the_same_survey(world: World) -> None:
    for tick in range(5):
        run_surveys(MONDAY + minutes(tick))
    assert Survey.objects.count() == 1


def test_sur_02_a_quarter_that_a_manager_started_does_not_start_again(world: World) -> None:
    made = make_quarterly(AUTUMN, WORDS, by=world.manager, now=MONDAY - DAY)
    with pytest.raises(QuarterTaken) as taken:
        make_quarterly(AUTUMN, WORDS, by=world.admin, now=MONDAY - DAY)
    assert taken.value.survey == made
    run_surveys(MONDAY)
    assert Survey.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_sur_02_two_who_start_the_same_quarter_at_once_make_one_survey() -> None:
    world = build()
    world.client_says("спасибо", MONDAY - 30 * DAY)
    ready, outcomes = threading.Barrier(4), []

    def start() -> None:
        try:
            ready.wait(10)
            make_quarterly(AUTUMN, WORDS, by=world.manager, now=MONDAY)
            outcomes.append("made")
        except QuarterTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    _at_once(*[start] * 4)
    assert sorted(outcomes) == ["made", "taken", "taken", "taken"]


@pytest.mark.usefixtures("committed")
def test_sur_04_two_beats_at_once_send_one_copy() -> None:
    world = build()
    world.client_says("спасибо", MONDAY - 30 * DAY)
    ready = threading.Barrier(4)

    def tick() -> None:
        try:
            ready.wait(10)
            for _ in range(3):
                run_surveys(MONDAY)
        finally:
            connection.close()

    _at_once(*[tick] * 4)
    assert (Survey.objects.count(), len(asked(world))) == (1, 1)


def _at_once(*works: object) -> None:
    threads = [threading.Thread(target=work) for work in works]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
