"""What is changed in Admin reaches the open requests at once, with the rights of the person who does it (TIM-04)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from buhbot.models import Calendar, CalendarException, Chat, Message, Role, Tier
from sla.models import Alert, Policy, Request
from sla.selectors import outdated_requests
from sla.tasks import recompute_outdated
from tests.admin.firm import ASKED_AT, Firm, calendar
from tests.admin.test_calendars import calendar_form
from tests.admin.visits import NOW, press, told


def policy_form(policy: Policy, **changed: Any) -> dict[str, Any]:
    fields = ("name", "target_minutes", "warning_percent", "escalation_minutes", "max_level")
    form = {name: getattr(policy, name) for name in (*fields, "acknowledge_minutes")}
    return form | {"is_default": "on", "tier": ""} | changed


def press_policy(firm: Firm, role: str, **changed: Any) -> str:
    policy = Policy.objects.get(is_default=True)
    return told(press(firm, role, "sla_policy_change", policy.pk, **policy_form(policy, **changed)))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER])
def test_tim_04_a_changed_policy_moves_the_open_requests(firm: Firm, role: str) -> None:
    press_policy(firm, role, target_minutes=180)
    request = Request.objects.get(pk=firm.own.request.pk)
    assert (request.due_at, request.breached_at) == (ASKED_AT + timedelta(minutes=180), None)
    assert not Alert.objects.filter(request=request, withdrawn_at=None).exists()
    assert not outdated_requests().exists()


def test_tim_04_a_date_added_to_the_calendar_moves_them(firm: Firm) -> None:
    date = {
        "exceptions-TOTAL_FORMS": 1,
        "exceptions-0-calendar": calendar().pk,
        "exceptions-0-date": "23.11.2026",
    }
    press(firm, Role.MANAGER, "buhbot_calendar_change", calendar().pk, **calendar_form() | date)
    request = Request.objects.get(pk=firm.own.request.pk)
    assert request.due_at == ASKED_AT + timedelta(days=1)  # Tuesday, 10:00


def test_tim_04_a_tier_with_a_calendar_of_its_own_moves_them(firm: Firm) -> None:
    always = Calendar.objects.create(name="Всегда", weekly={str(day): "00:00-24:00" for day in range(1, 8)})
    press(
        firm, Role.MANAGER, "buhbot_calendar_change", always.pk, **calendar_form(name="Всегда", is_default="")
    )
    tier = Tier.objects.get(code="standard")
    form = {"name": tier.name, "code": tier.code, "position": tier.position, "calendar": always.pk}
    press(firm, Role.MANAGER, "buhbot_tier_change", tier.pk, **form)
    assert Request.objects.get(pk=firm.own.request.pk).calendar_version.calendar == always


def test_tim_04_very_many_are_left_to_a_task(firm: Firm, django_capture_on_commit_callbacks: Any) -> None:
    many_requests(firm.own.request, 201)
    with django_capture_on_commit_callbacks() as kicks:
        press_policy(firm, Role.MANAGER, target_minutes=180)
    assert (len(kicks) >= 1, outdated_requests().count()) == (True, 203)
    recompute_outdated()
    assert not outdated_requests().exists()


def many_requests(like: Request, count: int) -> None:
    chat, opened = like.chat, like.opened_by
    for topic in range(1, count + 1):
        opened.pk, opened.topic_id, opened.telegram_message_id = None, topic, 10_000 + topic
        opened.save()
        like.pk, like.topic_id, like.opened_by = None, topic, opened
        like.save()
    assert Message.objects.filter(chat=chat).count() > count


def test_wt_09_a_production_day_edited_in_admin_is_by_hand_from_then_on(firm: Firm) -> None:
    row = CalendarException.objects.create(
        calendar=calendar(), date="2026-12-31", note="Выходной", source="production"
    )
    date = {
        "exceptions-TOTAL_FORMS": 1,
        "exceptions-INITIAL_FORMS": 1,
        "exceptions-0-id": row.pk,
        "exceptions-0-calendar": calendar().pk,
        "exceptions-0-date": "31.12.2026",
        "exceptions-0-hours": "09:00-13:00",
        "exceptions-0-note": "Выходной",
    }
    form = calendar_form(follows_production_calendar="on") | date
    press(firm, Role.MANAGER, "buhbot_calendar_change", calendar().pk, **form)
    kept = CalendarException.objects.get(date="2026-12-31")
    assert (kept.source, kept.hours) == ("manual", "09:00-13:00")
    assert CalendarException.objects.filter(source="production", date__year=2026).count() > 10


def test_wt_09_the_action_loads_the_years_that_are_known(firm: Firm) -> None:
    data = {"action": "load_production_calendar", "_selected_action": calendar().pk}
    with time_machine.travel(NOW, tick=False):
        answer = firm.browser(Role.MANAGER).post("/admin/buhbot/calendar/", data, follow=True)
    assert "2026, 2027" in told(answer)
    assert CalendarException.objects.get(date="2027-02-20").hours == "09:00-17:00"


def test_wt_09_the_list_says_when_the_coming_year_is_unknown(firm: Firm) -> None:
    for year, is_said in ((2026, False), (2089, True)):
        with time_machine.travel(datetime(year, 11, 24, tzinfo=UTC), tick=False):
            text = firm.browser(Role.MANAGER).get("/admin/buhbot/calendar/").content.decode()
        assert (f"{year + 1}." in text) == is_said


def test_tim_04_a_chat_of_another_tier_moves(firm: Firm) -> None:
    chat = Chat.objects.get(pk=firm.own.chat.pk)
    chat.policy_override.delete()
    premium = Tier.objects.get(code="premium")
    rows = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}
    empty = {
        f"{name}-{key}": value for name in ("assignments", "policy_override") for key, value in rows.items()
    }
    form = {"client_name": "Ромашка", "tier": premium.pk, "calendar": ""} | empty
    press(firm, Role.MANAGER, "buhbot_chat_change", chat.pk, **form)
    assert Request.objects.get(pk=firm.own.request.pk).target_minutes == 15
