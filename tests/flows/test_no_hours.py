"""A calendar that has lost its working time holds up no message; requests wait in it until it is mended (WT-06)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.models import InboundUpdate
from buhbot.models import Calendar
from buhbot.services.calendars import current_version
from sla import services
from sla.explain import explain
from sla.models import Request, RequestEvent
from sla.selectors import outdated_requests
from sla.texts import why_lines
from tests.flows.world import World, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
WEEK = {str(day): "09:00-18:00" for day in range(1, 6)}


def give_week(weekly: dict[str, str], *, at: datetime) -> int:
    """Give the firm's calendar another week past its form, and let the open requests follow."""
    calendar = Calendar.objects.get(is_default=True)
    calendar.weekly = weekly
    calendar.save()
    current_version(calendar)
    return services.recompute_outdated(at)


@pytest.fixture
def closed(world: World) -> World:
    give_week({}, at=TEN)
    return world


def test_wt_06_a_request_opens_and_is_due_at_no_time(closed: World) -> None:
    closed.client_says("Где акт?", TEN)
    closed.client_says("И счёт пришлите", TEN + minutes(1))
    request = closed.request()
    assert (request.state, request.has_due, request.warn_at) == ("open", False, None)
    assert request.request_messages.count() == 2
    assert set(InboundUpdate.objects.values_list("state", flat=True)) == {"processed"}
    closed.passes(TEN + timedelta(days=400))
    assert (closed.levels(), closed.failed()) == ([], [])
    assert "не хватает" in why_lines(explain(request))[-1]


def test_wt_06_administrators_hear_of_it_once_a_day(closed: World) -> None:
    closed.client_says("Где акт?", TEN)
    for after in (0, 1, 60):
        closed.passes(TEN + minutes(after))
    assert len(closed.texts_to(closed.admin)) == 1
    assert "нет рабочего времени" in closed.texts_to(closed.admin)[0]
    closed.passes(TEN + timedelta(days=1))
    assert len(closed.texts_to(closed.admin)) == 2


def test_wt_06_a_mended_calendar_makes_it_due_and_it_fires(closed: World) -> None:
    closed.client_says("Где акт?", TEN)
    assert not outdated_requests().exists()
    assert give_week(WEEK, at=TEN + minutes(30)) == 1
    request = closed.request()
    assert (request.due_at, request.warn_at) == (TEN + minutes(60), TEN + minutes(48))
    assert RequestEvent.objects.get(kind="recomputed").note == "— → 24.11.2026 11:00"
    closed.passes(TEN + minutes(60))
    assert closed.levels() == [1]
    closed.passes(TEN + timedelta(days=1))
    assert not any("нет рабочего времени" in text for text in closed.texts_to(closed.admin))


def answered(world: World) -> None:
    world.says(world.accountant, "Готово", TEN + minutes(5))


def waited_for(world: World) -> None:
    world.says(world.accountant, "/wait", TEN + minutes(5))
    world.client_says("Вот сумма: 45 000", TEN + minutes(9))
    answered(world)


def moved(world: World) -> None:
    world.client_says("А счёт?", TEN - minutes(5))
    answered(world)


def reopened(world: World) -> None:
    answered(world)
    services.reopen(world.request().pk, actor=world.manager, now=TEN + minutes(9))
    services.resolve(world.request().pk, actor=world.manager, now=TEN + minutes(10))


@pytest.mark.parametrize("happens", [answered, waited_for, moved, reopened])
def test_wt_06_it_goes_through_its_life(closed: World, happens: Any) -> None:
    closed.client_says("Где акт?", TEN)
    happens(closed)
    request = closed.request()
    assert (request.is_open, request.is_late, request.response_seconds) == (False, False, 0)
    assert closed.failed() == []


def test_wt_06_what_was_due_before_stays_due(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(60))
    give_week({}, at=TEN + minutes(61))
    assert (world.request().due_at, world.request().breached_at) == (TEN + minutes(60), TEN + minutes(60))


def test_wt_06_a_pause_beyond_the_last_hour_stops_no_message(world: World) -> None:
    world.client_says("Где акт?", TEN)
    calendar = Calendar.objects.get(is_default=True)
    calendar.exceptions.create(date=TEN.date(), hours="09:00-11:00")
    give_week({}, at=TEN)  # one morning is left
    world.says(world.accountant, "/wait", TEN + minutes(10))
    world.client_says("Вот сумма: 45 000", TEN + minutes(40))
    assert (world.request().state, world.failed()) == ("open", [])
    assert Request.objects.get().has_due is False
