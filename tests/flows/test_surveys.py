"""A survey from its start to its end: who gets it, once, what is frozen (SUR-01, SUR-03, SUR-04, SUR-10)."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from bot.announcer import surveys as announcer
from bot.announcer.surveys import run_surveys
from bot.models import OutgoingMessage
from buhbot.models import Assignment, Chat, SurveyOptOut, Tier
from feedback.models import Delivery, Survey
from feedback.selectors import audience, progress
from feedback.services import NotInThisState, StartIsPast, close, copy, schedule, unschedule
from tests.flows import telegram
from tests.flows.surveying import (
    DAY,
    NOW,
    QUESTION,
    arrive,
    asked,
    delivery,
    make_survey,
    many_chats,
    start_survey,
    vote,
)
from tests.flows.world import CLIENT_ID, World, buttons, minutes, staff


def test_sur_01_a_scheduled_survey_starts_by_itself_and_asks_with_stars(world: World) -> None:
    survey = make_survey()
    schedule(survey.pk, at=NOW + DAY, now=NOW)
    run_surveys(NOW + DAY - minutes(1))
    assert asked(world) == []
    run_surveys(NOW + DAY)
    (message,) = asked(world)
    assert QUESTION in message.payload["text"]
    assert [one["text"] for one in buttons(message)] == [
        *("1 ⭐", "2 ⭐", "3 ⭐", "4 ⭐", "5 ⭐"),
        *("Оценить лично", "Не спрашивать больше"),
    ]


def test_sur_01_nps_asks_from_0_to_10(world: World) -> None:
    start_survey(kind="nps")
    (message,) = asked(world)
    assert [one["text"] for one in buttons(message)][:11] == [str(rating) for rating in range(11)]


def test_sur_01_it_becomes_active_when_all_is_out_and_expires_by_the_clock(world: World) -> None:
    survey = start_survey(validity_days=3)
    assert (survey.state, survey.expires_at) == ("active", NOW + 3 * DAY)
    assert survey.standing(NOW + 3 * DAY - minutes(1)) == "active"
    assert survey.standing(NOW + 3 * DAY) == "expired"


def test_sur_01_a_start_that_is_past_is_refused_and_a_missed_one_is_made_up_for(world: World) -> None:
    survey = make_survey()
    with pytest.raises(StartIsPast):
        schedule(survey.pk, at=NOW - minutes(1), now=NOW)
    schedule(survey.pk, at=NOW, now=NOW)
    run_surveys(NOW + 5 * DAY)  # down in between: it still is open for all its days
    survey.refresh_from_db()
    assert (survey.started_at, survey.expires_at) == (NOW + 5 * DAY, NOW + 12 * DAY)


def test_sur_01_a_scheduled_one_can_be_taken_back_and_a_started_one_cannot(world: World) -> None:
    survey = make_survey()
    schedule(survey.pk, at=NOW, now=NOW)
    unschedule(survey.pk)
    run_surveys(NOW)
    assert asked(world) == []
    schedule(survey.pk, at=NOW, now=NOW)
    run_surveys(NOW)
    with pytest.raises(NotInThisState):
        unschedule(survey.pk)


def _leave(world: World) -> None:
    Chat.objects.update(life_cycle="left")


def _switch_off(world: World) -> None:
    Chat.objects.update(is_monitored=False)


def _block(world: World) -> None:
    Chat.objects.update(unreachable_since=NOW)


def _opt_out(world: World) -> None:
    world.client_says("спасибо", NOW - DAY)
    SurveyOptOut.objects.create(telegram_id=CLIENT_ID, since=NOW)


def _miss(world: World) -> None:
    world.client_says("Где акт?", NOW - DAY)
    world.passes(NOW)


def _ask_before(world: World) -> None:
    start_survey(NOW - 29 * DAY, title="Раньше")


REASONS = {
    "unmonitored": _switch_off,
    "unreachable": _block,
    "opted_out": _opt_out,
    "breached": _miss,
    "cool_down": _ask_before,
    "bot_is_out": _leave,
}


@pytest.mark.parametrize("reason", REASONS)
def test_sur_03_a_chat_that_is_left_out_is_kept_with_the_reason(world: World, reason: str) -> None:
    survey = make_survey(audience="picked")
    survey.chats.add(world.chat)
    REASONS[reason](world)
    before = len(asked(world))
    foreseen = audience(survey, now=NOW)
    assert (foreseen.asked, [why for _, why in foreseen.left_out]) == ([], [reason])
    schedule(survey.pk, at=NOW, now=NOW)
    run_surveys(NOW)
    assert (delivery(survey).state, delivery(survey).skip_reason) == ("skipped", reason)
    assert len(asked(world)) == before


def test_sur_03_a_group_is_asked_while_one_of_its_clients_wants_surveys(world: World) -> None:
    _opt_out(world)
    world.says(502, "спасибо", NOW - DAY)
    start_survey()
    assert len(asked(world)) == 1


def test_sur_03_the_cool_down_is_over_after_so_many_times_24_hours(world: World) -> None:
    start_survey(NOW - 30 * DAY, title="Раньше")
    start_survey()
    assert len(asked(world)) == 2


def test_sur_03_all_are_the_active_chats_of_clients(world: World) -> None:
    many_chats(world, 3)
    Chat.objects.filter(title="Клиент 001").update(life_cycle="left")
    Chat.objects.filter(title="Клиент 002").update(is_team=True, is_monitored=False)
    Chat.objects.filter(title="Клиент 003").update(kind="private", is_monitored=False)
    survey = start_survey()
    assert [one.chat for one in survey.deliveries.all()] == [world.chat]


def test_sur_03_those_in_which_a_client_wrote_in_the_period(world: World) -> None:
    many_chats(world, 1)
    world.client_says("спасибо", NOW - 60 * DAY)  # 25 September
    world.says(world.accountant, "пожалуйста", NOW)
    survey = start_survey(audience="wrote")
    assert [one.chat for one in survey.deliveries.all()] == [world.chat]


def test_sur_04_250_chats_get_exactly_one_copy_each_by_and_by(world: World) -> None:
    many_chats(world, 599)
    survey = make_survey()
    schedule(survey.pk, at=NOW, now=NOW)
    queued = []
    for tick in range(5):
        run_surveys(NOW + minutes(tick))
        queued.append(OutgoingMessage.objects.filter(state="queued").count())
        run_surveys(NOW + minutes(tick))  # twice changes nothing
        arrive(NOW + minutes(tick))
    assert queued == [250, 250, 100, 0, 0]  # no more at once than goes out in some seconds
    chats = OutgoingMessage.objects.values_list("chat", flat=True)
    assert (len(chats), len(set(chats))) == (600, 600)
    assert progress(survey).counts == {"delivered": 600}


def test_sur_04_a_crash_in_the_middle_of_a_batch_goes_on_without_doubles(world: World) -> None:
    many_chats(world, 249)
    survey = make_survey()
    schedule(survey.pk, at=NOW, now=NOW)
    with patch("feedback.services.mark_queued", side_effect=RuntimeError("killed")):
        run_surveys(NOW)  # the claim, the rows of the outbox: all of it is rolled back
    assert not OutgoingMessage.objects.exists()
    assert progress(survey).counts == {"waiting": 250}
    run_surveys(NOW + minutes(1))
    assert progress(survey).counts == {"queued": 250}
    assert OutgoingMessage.objects.values("chat").distinct().count() == 250


def test_sur_04_a_copy_that_fails_is_shown_and_one_sent_again_counts(world: World) -> None:
    survey = make_survey()
    schedule(survey.pk, at=NOW, now=NOW)
    run_surveys(NOW)
    OutgoingMessage.objects.update(state="undelivered", error="bot was kicked")
    run_surveys(NOW)
    assert (delivery(survey).state, delivery(survey).error) == ("failed", "bot was kicked")
    OutgoingMessage.objects.update(state="sent", sent_at=NOW + minutes(1))
    run_surveys(NOW + minutes(2))
    assert (delivery(survey).state, delivery(survey).delivered_at) == ("delivered", NOW + minutes(1))


def test_sur_04_a_copy_whose_message_is_gone_is_not_waited_for(world: World) -> None:
    survey = make_survey()
    schedule(survey.pk, at=NOW, now=NOW)
    run_surveys(NOW)
    OutgoingMessage.objects.all().delete()  # the erasure of a client takes what names them
    run_surveys(NOW + minutes(1))
    survey.refresh_from_db()
    assert (delivery(survey).state, survey.state) == ("failed", "active")


def test_sur_04_copies_that_wait_for_another_try_keep_no_other_chat_waiting(world: World) -> None:
    many_chats(world, 299)
    survey = make_survey()
    schedule(survey.pk, at=NOW, now=NOW)
    run_surveys(NOW)
    OutgoingMessage.objects.update(not_before=timezone.now() + DAY, attempts=1)
    run_surveys(NOW + minutes(1))
    assert progress(survey).counts == {"queued": 300}


def test_sur_04_a_chat_that_leaves_while_the_survey_goes_out_is_passed_over(world: World) -> None:
    survey = make_survey()
    schedule(survey.pk, at=NOW, now=NOW)
    with patch.object(announcer, "BACKLOG", 0):
        run_surveys(NOW)
    assert delivery(survey).state == "waiting"
    _leave(world)
    run_surveys(NOW + minutes(1))
    assert delivery(survey).skip_reason == "bot_is_out"


def test_sur_04_a_group_that_migrates_keeps_its_copy_and_gets_no_second_one(world: World) -> None:
    survey = start_survey()
    group = telegram.group(world.chat.telegram_id)
    world.receive(message=telegram.message(group, None, NOW, migrate_to_chat_id=-1001000000777))
    run_surveys(NOW + 2 * DAY)
    reminder = asked(world)[-1]
    assert len(asked(world)) == 2
    assert "reply_parameters" not in reminder.payload  # the number means another message there
    assert Delivery.objects.filter(survey=survey).count() == 1


def test_sur_01_closing_calls_back_what_waits(world: World) -> None:
    many_chats(world, 299)
    survey = make_survey()
    schedule(survey.pk, at=NOW, now=NOW)
    run_surveys(NOW)
    close(survey.pk, by=world.manager, now=NOW)
    run_surveys(NOW)
    run_surveys(NOW)
    assert progress(survey).skipped == {"closed": 300}
    assert set(OutgoingMessage.objects.values_list("state", flat=True)) == {"cancelled"}


def test_sur_01_what_expires_before_it_went_out_is_not_sent_any_more(world: World) -> None:
    survey = make_survey(validity_days=1)
    schedule(survey.pk, at=NOW, now=NOW)
    run_surveys(NOW)
    run_surveys(NOW + DAY)
    run_surveys(NOW + DAY)
    assert delivery(survey).skip_reason == "closed"
    with pytest.raises(NotInThisState):
        close(survey.pk, by=world.manager, now=NOW + DAY)


def test_sur_10_accountant_tier_and_figures_are_those_of_the_sending(world: World) -> None:
    world.client_says("Где акт?", NOW - 60 * DAY)
    world.says(world.accountant, "Высылаю", NOW - 60 * DAY + minutes(30))
    survey = start_survey()
    Assignment.objects.filter(duty="accountant").update(user=staff("Борис", telegram_id=610))
    Tier.objects.filter(pk=world.chat.tier_id).update(name="Другой")
    kept = delivery(survey)
    assert (kept.accountant, kept.tier_name) == (world.accountant, world.chat.tier.name)
    assert (kept.requests_opened, kept.requests_in_time, kept.requests_missed) == (1, 1, 0)
    assert kept.median_seconds == 1800


def test_sur_11_a_copy_is_a_draft_of_the_same_content(world: World) -> None:
    survey = start_survey(audience="picked", kind="nps", validity_days=14)
    survey.chats.add(world.chat)
    made = copy(survey, title="Ещё раз", by=world.manager, now=NOW)
    assert (made.state, made.kind, made.validity_days, made.quarter) == ("draft", "nps", 14, None)
    assert list(made.chats.all()) == [world.chat]
    assert Survey.objects.count() == 2


def test_fbk_01_the_response_rate_counts_chats_and_is_never_over_one(world: World) -> None:
    survey = start_survey()
    assert progress(survey).response_rate == 0
    vote(survey, 5, person=501)
    vote(survey, 1, person=502)
    assert progress(survey).response_rate == 1
    assert progress(make_survey()).response_rate is None


def test_sur_04_the_tick_of_an_empty_firm_does_nothing(db: None) -> None:
    assert run_surveys(NOW + timedelta(seconds=1)) == 0
