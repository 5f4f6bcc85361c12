"""Stories of the specification, from the first message to the last, with the production calendar loaded."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from bot.models import OutgoingMessage
from buhbot.models import Chat, Tier
from sla import services
from sla.models import Alert, Request
from tests.admin.firm import Browser
from tests.admin.test_calendars import calendar_form
from tests.flows import telegram
from tests.flows.test_calendars import firm, moscow
from tests.flows.world import World, minutes

ASKED = moscow("2026-11-24T10:00")  # a Tuesday
SECOND = timedelta(seconds=1)


@pytest.fixture
def world(world: World) -> World:
    call_command("load_production_calendar", 2025, 2026, stdout=StringIO())
    return world


@pytest.mark.parametrize(
    ("asked_at", "due_at"),
    [
        ("2026-05-08T16:50", "2026-05-12T09:50"),
        ("2025-11-01T16:30", "2025-11-05T09:30"),
        ("2025-12-30T17:30", "2026-01-12T09:30"),
    ],
)
def test_wt_09_over_the_holidays_nobody_is_alarmed_before_the_true_due(
    world: World, asked_at: str, due_at: str
) -> None:
    world.client_says("Где акт?", moscow(asked_at))
    assert (world.request().target_minutes, world.request().due_at) == (60, moscow(due_at))
    world.passes(moscow(due_at) - SECOND)
    assert 1 not in world.levels()
    world.passes(moscow(due_at))
    assert (world.levels()[-1], world.request().breached_at) == (1, moscow(due_at))
    assert "ООО «Ромашка»" in world.texts_to(world.manager)[0]


def test_req_04_three_questions_and_one_answer_give_no_false_breach(world: World) -> None:
    for number, text in enumerate(("Где акт?", "И счёт?", "А когда сверка?")):
        world.client_says(text, ASKED + minutes(10 * number))
    world.says(world.accountant, "Всё отправила на почту", ASKED + minutes(45))
    world.passes(ASKED + timedelta(days=3))
    assert (world.request().state, world.request().response_seconds) == ("answered", 45 * 60)
    assert (world.levels(), world.sent_to(world.manager)) == ([], [])


@pytest.mark.parametrize("answer", [telegram.DOCUMENT, telegram.VOICE], ids=["a PDF", "a voice message"])
def test_ans_01_a_pdf_and_a_voice_answer_stop_the_clock(world: World, answer: dict[str, Any]) -> None:
    world.client_says("Где акт?", ASKED)
    world.says(world.accountant, "", ASKED + minutes(30), **answer)
    world.passes(ASKED + timedelta(days=3))
    assert (world.request().state, world.request().closed_by) == ("answered", world.accountant)
    assert (world.request().is_late, world.levels()) == (False, [])


def test_ans_04_an_early_answer_delivered_late_withdraws_the_breach(world: World) -> None:
    world.client_says("Где акт?", ASKED)
    world.passes(ASKED + minutes(60))
    OutgoingMessage.objects.update(state="sent", telegram_message_id=1)
    world.says(world.accountant, "Вот он", ASKED + minutes(59))
    world.passes(ASKED + minutes(61))
    assert (world.request().is_late, world.request().breached_at) == (False, None)
    assert world.request().events.filter(kind="breach_withdrawn").exists()
    assert [row.method for row in world.sent_to(world.manager)] == ["sendMessage", "editMessageText"]


def test_tim_04_another_tier_moves_the_open_request_and_not_the_closed_one(world: World) -> None:
    world.client_says("Где акт?", ASKED)
    world.says(world.accountant, "Вот", ASKED + minutes(5))
    world.client_says("А где счёт на оплату?", ASKED + minutes(10))
    Chat.objects.update(tier=Tier.objects.get(code="premium"))
    services.recompute_outdated(ASKED + minutes(11))
    closed, still_open = Request.objects.order_by("pk")
    assert (closed.target_minutes, closed.due_at) == (60, ASKED + minutes(60))
    assert (still_open.target_minutes, still_open.due_at) == (15, ASKED + minutes(25))
    world.passes(ASKED + minutes(25))
    assert Alert.objects.get(level=1).request == still_open


def test_tim_04_a_holiday_added_in_admin_moves_due_and_the_alert_with_it(world: World) -> None:
    world.client_says("Где акт?", ASKED)
    add_holiday(world, "24.11.2026")
    tomorrow = moscow("2026-11-25T10:00")
    assert world.request().due_at == tomorrow
    world.passes(tomorrow - SECOND)
    assert 1 not in world.levels()
    world.passes(tomorrow)
    assert world.levels()[-1] == 1


def add_holiday(world: World, day: str) -> None:
    form = calendar_form(follows_production_calendar="on")
    form |= {"exceptions-0-calendar": firm().pk, "exceptions-0-date": day, "exceptions-TOTAL_FORMS": "1"}
    browser = Browser()
    browser.force_login(world.admin)
    with time_machine.travel(ASKED + minutes(5), tick=False):
        address = reverse("admin:buhbot_calendar_change", args=[firm().pk])
        assert browser.post(address, form).status_code == 302
