"""The system stood still over a weekend, or its clock jumped: one summary each, and true times (TIM-03, FLT-06)."""

from datetime import UTC, datetime

import pytest

from bot.models import OutgoingMessage
from sla import services
from sla.models import Alert, Policy, Request
from tests.flows.test_explain import use_calendar
from tests.flows.world import World, ask_elsewhere, minutes

FRIDAY = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)  # 17:30 in Moscow: due on Monday at 09:30
MONDAY_DUE = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
NOON = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture
def stopped(world: World) -> World:
    """Three requests fell due while nothing ran."""
    ask_elsewhere(world, FRIDAY, chats=3)
    return world


def test_tim_03_one_summary_each_instead_of_one_message_each(stopped: World) -> None:
    stopped.passes(NOON)
    for person in (stopped.accountant, stopped.manager, stopped.admin):
        (summary,) = stopped.texts_to(person)
        assert "Сроки наступили раньше, чем о них удалось сообщить" in summary
        assert summary.count("срок 09:30, +2 ч 30 мин, уровень 5") == 3


def test_tim_03_every_fact_has_its_true_time(stopped: World) -> None:
    stopped.passes(NOON)
    for request in Request.objects.all():
        assert (request.breached_at, request.level, request.next_escalation_at) == (MONDAY_DUE, 5, None)
        told = request.alerts.order_by("level").values_list("level", "instant")
        assert list(told) == [(level + 1, MONDAY_DUE + minutes(30 * level)) for level in range(5)]
    assert not Alert.objects.filter(told_at=None).exists()


def test_alr_08_the_summary_is_the_delivery_of_every_alert(stopped: World) -> None:
    stopped.passes(NOON)
    (summary,) = stopped.sent_to(stopped.manager)
    assert set(summary.alerts.all()) == set(Alert.objects.all())
    assert summary.due_at == MONDAY_DUE


def test_alr_05_the_lines_of_a_summary_change_too(stopped: World) -> None:
    stopped.passes(NOON)
    OutgoingMessage.objects.update(state="sent", telegram_chat_id=602, telegram_message_id=5)
    stopped.chat = Request.objects.earliest("pk").chat
    stopped.says(stopped.accountant, "Готово", NOON + minutes(5))
    stopped.passes(NOON + minutes(6))
    edit = stopped.texts_to(stopped.manager)[-1]
    assert "Ждут ответа: 2 из 3" in edit
    assert edit.splitlines()[2].endswith("· 12:05, Анна")


def test_tim_03_a_single_request_is_told_in_full(world: World) -> None:
    world.client_says("Где акт?", FRIDAY)
    world.passes(NOON)
    (message,) = world.sent_to(world.manager)
    assert "Эскалация, уровень 5" in message.payload["text"]
    assert message.alerts.count() == 5


def test_tim_03_what_fell_due_a_moment_ago_is_told_as_usual(stopped: World) -> None:
    stopped.client_says("Где счёт?", NOON - minutes(60))
    stopped.passes(NOON)
    summary, single = stopped.texts_to(stopped.manager)
    assert "Сроки наступили раньше, чем о них удалось сообщить" in summary
    assert "Где счёт?" in single


def test_tim_03_a_deadline_moved_into_the_past_does_not_tell_of_a_downtime(stopped: World) -> None:
    stopped.passes(MONDAY_DUE - minutes(31))
    Policy.objects.update(target_minutes=1, warning_percent=0)
    services.recompute_outdated(NOON)
    stopped.passes(NOON)
    (summary,) = stopped.texts_to(stopped.manager)
    assert summary.startswith("<b>⚠️ Сроки наступили раньше, чем о них удалось сообщить. Ждут ответа: 3 из 3")


def test_flt_06_a_clock_that_jumps_back_and_forth_tells_nothing_twice(world: World) -> None:
    world.client_says("Где акт?", MONDAY_DUE)
    for now in (10, 60, -4000, 5, 61, 1, 62):
        world.passes(MONDAY_DUE + minutes(now))
    assert world.levels() == [1]
    assert len(world.alerts_to(world.manager)) == 1
    assert world.request().breached_at == MONDAY_DUE + minutes(60)


def test_flt_06_on_the_night_that_lacks_an_hour_real_minutes_count(world: World) -> None:
    use_calendar(world, "00:00-24:00", time_zone="Europe/Berlin")
    asked_at = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # Sunday, 01:30; at 02:00 it is 03:00
    world.client_says("Где акт?", asked_at)
    world.passes(asked_at + minutes(59))
    assert world.request().breached_at is None
    world.passes(asked_at + minutes(60))
    assert world.request().breached_at == asked_at + minutes(60)
