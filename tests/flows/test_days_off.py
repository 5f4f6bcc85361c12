"""A day off reaches the open requests and their alerts: by a form, a command, a task (WT-09, WT-10, TIM-04)."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command

from bot.models import OutgoingMessage
from buhbot.models import Calendar, CalendarException, Tier, User
from sla import tasks
from sla.models import RequestEvent
from tests.admin.firm import Browser
from tests.admin.test_calendars import calendar_form
from tests.flows.world import World

MOSCOW = ZoneInfo("Europe/Moscow")


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


EVE = moscow("2025-12-30T17:30")  # a Tuesday; the 31st is a day off by a transfer, work begins on the 12th
SAVED = moscow("2025-12-30T17:40")
WRONG, RIGHT = moscow("2025-12-31T09:30"), moscow("2026-01-12T09:30")


def press(user: User, address: str, data: dict[str, Any]) -> None:
    browser = Browser()
    browser.force_login(user)
    answer = browser.post(address, data)
    assert answer.status_code == 302, answer.content.decode()[:2000]


def by_command(_world: World) -> None:
    call_command("load_production_calendar", stdout=StringIO())


def by_action(world: World) -> None:
    chosen = {"action": "load_production_calendar", "_selected_action": Calendar.objects.get().pk}
    press(world.manager, "/admin/buhbot/calendar/", chosen)


def by_task(_world: World) -> None:
    tasks.load_production_calendar()


@pytest.mark.parametrize("load", [by_command, by_action, by_task])
def test_wt_09_the_production_calendar_moves_what_is_open_and_its_alert(
    world: World, load: Callable[[World], None]
) -> None:
    world.client_says("Где акт?", EVE)
    assert world.request().due_at == WRONG
    with time_machine.travel(SAVED, tick=False):
        load(world)
    assert world.request().due_at == RIGHT
    assert RequestEvent.objects.get(kind="recomputed").note == "31.12.2025 09:30 → 12.01.2026 09:30"
    world.passes(WRONG)
    assert (world.levels(), world.texts_to(world.accountant)) == ([], [])
    world.passes(RIGHT)
    assert world.levels() == [1]
    assert "09:30" in world.texts_to(world.accountant)[0]


def test_wt_09_the_task_brings_the_next_year_on_1_december_by_moscows_clock(world: World) -> None:
    calendar = Calendar.objects.get()
    for at, has_next in (("2025-11-30T23:59", False), ("2025-12-01T00:10", True)):
        with time_machine.travel(moscow(at), tick=False):
            tasks.load_production_calendar()
        assert calendar.exceptions.filter(date__year=2025).exists()
        assert calendar.exceptions.filter(date__year=2026).exists() == has_next


def holiday(day: str) -> dict[str, Any]:
    return {
        "exceptions-TOTAL_FORMS": 1,
        "exceptions-0-calendar": Calendar.objects.get(is_default=True).pk,
        "exceptions-0-date": day,
        "exceptions-0-note": "День фирмы",
    }


def test_tim_04_a_holiday_entered_in_admin_moves_due_and_the_alert_with_it(world: World) -> None:
    asked, due = moscow("2026-11-23T17:30"), moscow("2026-11-24T09:30")
    world.client_says("Где акт?", asked)
    assert world.request().due_at == due
    with time_machine.travel(moscow("2026-11-23T17:45"), tick=False):
        form = calendar_form() | holiday("24.11.2026")
        press(world.manager, f"/admin/buhbot/calendar/{form['exceptions-0-calendar']}/change/", form)
    world.passes(due)
    assert (world.levels(), OutgoingMessage.objects.count()) == ([], 0)
    world.passes(moscow("2026-11-25T09:30"))
    assert world.levels() == [1]
    assert len(world.texts_to(world.accountant)) == len(world.texts_to(world.manager)) == 1


def test_tim_04_a_holiday_entered_too_late_takes_the_alert_back(world: World) -> None:
    asked, due = moscow("2026-11-23T17:30"), moscow("2026-11-24T09:30")
    world.client_says("Где акт?", asked)
    world.passes(due)
    world.all_sent()
    with time_machine.travel(moscow("2026-11-24T09:45"), tick=False):
        form = calendar_form() | holiday("24.11.2026")
        press(world.manager, f"/admin/buhbot/calendar/{form['exceptions-0-calendar']}/change/", form)
    world.passes(moscow("2026-11-24T09:46"))
    edits = [row for row in world.sent_to(world.accountant) if row.method == "editMessageText"]
    assert "🟢" in edits[-1].payload["text"]
    world.passes(moscow("2026-11-25T09:30"))
    assert world.request().breached_at == moscow("2026-11-25T09:30")
    assert len(world.alerts_to(world.accountant)) == 2


@pytest.mark.parametrize(("where", "moves"), [("tier", True), ("nowhere", False)])
def test_wt_10_a_holiday_moves_only_the_requests_of_its_calendar(
    world: World, where: str, moves: bool
) -> None:
    own = Calendar.objects.create(name="Своя неделя", weekly=Calendar.objects.get().weekly)
    Tier.objects.filter(code="standard" if where == "tier" else "vip").update(calendar=own)
    due = moscow("2026-11-24T09:30")
    with time_machine.travel(moscow("2026-11-23T17:00"), tick=False):
        press(world.manager, f"/admin/buhbot/calendar/{own.pk}/change/", form_of(own))
    world.client_says("Где акт?", moscow("2026-11-23T17:30"))
    assert world.request().due_at == due
    with time_machine.travel(moscow("2026-11-23T17:45"), tick=False):
        press(world.manager, f"/admin/buhbot/calendar/{own.pk}/change/", form_of(own, "24.11.2026"))
    assert (world.request().due_at != due) == moves
    assert CalendarException.objects.filter(calendar=own).count() == 1


def form_of(calendar: Calendar, day: str = "") -> dict[str, Any]:
    form = calendar_form(name=calendar.name, is_default="")
    return form | (holiday(day) | {"exceptions-0-calendar": calendar.pk} if day else {})
