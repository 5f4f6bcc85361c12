"""What was closed is opened again: its clock, its alerts and its escalation go on (REQ-07, ALR-05)."""

from datetime import UTC, datetime

import pytest

from bot.announcer import announce
from bot.models import OutgoingMessage
from bot.services.resending import can_send_again, send_again
from sla import services
from sla.services import fire_due
from sla.services.monitoring import stop_monitoring
from tests.flows.world import World, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


@pytest.fixture
def asked(world: World) -> World:
    world.client_says("Когда будет акт?", TEN)
    return world


def close_and_reopen(world: World, closed: datetime, reopened: datetime) -> None:
    services.resolve(world.request().pk, actor=world.manager, now=closed)
    announce(closed)
    services.reopen(world.request().pk, actor=world.manager, now=reopened)


def test_req_07_a_reopened_breach_escalates_as_if_it_had_never_been_closed(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    close_and_reopen(asked, TEN + minutes(62), TEN + minutes(63))
    assert asked.request().next_escalation_at == TEN + minutes(90)
    asked.passes(TEN + minutes(90))
    assert asked.levels() == [1, 2]


def test_req_07_an_alert_that_was_not_sent_before_the_end_is_told_after_the_undo(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    close_and_reopen(asked, TEN + minutes(61), TEN + minutes(62))
    asked.passes(TEN + minutes(63))
    for person in (asked.accountant, asked.manager):
        assert [m.state for m in asked.sent_to(person)] == ["cancelled", "queued"]


def test_req_07_an_alert_that_nobody_was_told_of_is_told_after_the_undo(asked: World) -> None:
    fire_due(TEN + minutes(60))  # and closed before the announcer looks
    close_and_reopen(asked, TEN + minutes(61), TEN + minutes(62))
    asked.passes(TEN + minutes(63))
    assert [m.state for m in asked.sent_to(asked.manager)] == ["queued"]


def test_req_07_an_alert_that_was_sent_is_not_sent_twice(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    OutgoingMessage.objects.update(state="sent", telegram_chat_id=602, telegram_message_id=5)
    close_and_reopen(asked, TEN + minutes(61), TEN + minutes(62))
    asked.passes(TEN + minutes(63))
    methods = [m.method for m in asked.sent_to(asked.manager)]
    assert methods == ["sendMessage", "editMessageText", "editMessageText"]


def test_tim_05_nothing_is_reopened_in_a_chat_that_is_not_watched(asked: World) -> None:
    stop_monitoring(asked.chat, actor=asked.manager, now=TEN + minutes(5))
    with pytest.raises(services.ChatNotWatched):
        services.reopen(asked.request().pk, actor=asked.manager, now=TEN + minutes(6))
    asked.passes(TEN + minutes(61))
    assert asked.levels() == []


def test_alr_05_taking_it_before_the_breach_holds_the_escalation(asked: World) -> None:
    asked.passes(TEN + minutes(48))
    services.acknowledge(asked.request().pk, actor=asked.accountant, now=TEN + minutes(50))
    asked.passes(TEN + minutes(60))
    asked.passes(TEN + minutes(109))
    assert asked.levels() == [0, 1]
    asked.passes(TEN + minutes(110))
    assert asked.levels() == [0, 1, 2]


def test_alr_05_an_alert_about_a_request_that_has_ended_is_not_sent_again(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    OutgoingMessage.objects.update(state="undelivered")
    asked.says(asked.accountant, "Готово", TEN + minutes(70))
    alert = asked.sent_to(asked.manager)[0]
    assert not can_send_again(alert)
    assert not send_again(alert, now=TEN + minutes(80))


def test_alr_05_an_alert_that_is_sent_again_is_brought_up_to_date(asked: World) -> None:
    asked.passes(TEN + minutes(60))
    OutgoingMessage.objects.update(state="undelivered")
    services.acknowledge(asked.request().pk, actor=asked.accountant, now=TEN + minutes(65))
    announce(TEN + minutes(66))
    assert send_again(asked.sent_to(asked.manager)[0], now=TEN + minutes(80))
    announce(TEN + minutes(81))
    assert "В работе" in asked.texts_to(asked.manager)[-1]
