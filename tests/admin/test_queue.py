"""The queue: what is done to several requests at once, and what is told of each."""

from threading import Thread
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.urls import reverse

from buhbot.models import Assignment, Role
from sla.models import Request
from sla.services import resolve
from tests.admin.firm import Firm, build
from tests.admin.visits import NOW, page, press, told


def choose(firm: Firm, role: str, action: str, *rows: Request, **data: Any) -> Any:
    keys = [row.pk for row in rows]
    form = {"action": action, "_selected_action": keys, "index": 0} | data
    query = data.pop("query", "")
    with time_machine.travel(NOW, tick=False):
        return firm.browser(role).post(reverse("admin:sla_request_changelist") + query, form, follow=True)


def states(*rows: Request) -> list[str]:
    return [Request.objects.get(pk=row.pk).state for row in rows]


def test_a_manager_resolves_several_at_once(firm: Firm) -> None:  # ADM-02
    both = (firm.own.request, firm.foreign.request)
    answer = choose(firm, Role.MANAGER, "resolve", *both)
    assert states(*both) == ["resolved", "resolved"]
    assert "Помечено решённым. 2 запроса: №" in told(answer)


def test_what_was_answered_before_is_told_apart(firm: Firm) -> None:  # ADM-02
    """Even where the filter of the list shows it no more."""
    resolve(firm.own.request.pk, actor=firm.people[Role.ADMIN], now=NOW)
    both = (firm.own.request, firm.foreign.request)
    answer = choose(firm, Role.MANAGER, "resolve", *both, query="?standing=open")
    assert "1 запрос" in told(answer)
    assert f"уже завершён; ничего не изменено. 1 запрос: №\u00a0{firm.own.request.pk}" in told(answer)
    assert Request.objects.get(pk=firm.own.request.pk).closed_by == firm.people[Role.ADMIN]


def test_an_accountant_resolves_own_and_is_told_of_foreign_ones(firm: Firm) -> None:  # RBAC-02
    answer = choose(firm, Role.ACCOUNTANT, "resolve", firm.own.request, firm.foreign.request)
    assert states(firm.own.request, firm.foreign.request) == ["resolved", "open"]
    assert "1 выбранный запрос не найден или он не ваш" in told(answer)


@pytest.mark.parametrize("action", ["cancel", "assign_chosen"])
def test_an_accountant_has_no_action_of_managers(firm: Firm, action: str) -> None:  # RBAC table
    choose(firm, Role.ACCOUNTANT, action, firm.own.request, assignee=firm.people[Role.ACCOUNTANT].pk)
    request = Request.objects.get(pk=firm.own.request.pk)
    assert (request.state, request.assigned_to) == ("open", None)


@pytest.mark.parametrize("action", ["take", "snooze", "snooze_1h", "snooze_4h", "cancel"])
def test_every_action_of_the_queue_does_what_the_button_does(firm: Firm, action: str) -> None:  # ADM-02
    choose(firm, Role.MANAGER, action, firm.own.request)
    request = Request.objects.get(pk=firm.own.request.pk)
    done = {
        "take": request.acknowledged_by == firm.people[Role.MANAGER],
        "cancel": request.close_reason == "not_a_request",
    }
    assert done.get(action, request.snoozed_until is not None)


def test_a_request_is_assigned_to_an_accountant_of_the_chat(firm: Firm) -> None:  # ADM-02
    boris = firm.foreign.assignment.user
    Assignment.objects.create(chat=firm.own.chat, user=boris)
    both = (firm.own.request, firm.foreign.request)
    asked = choose(firm, Role.MANAGER, "assign_chosen", *both)
    assert "Кто ответит?" in asked.content.decode()
    answer = choose(firm, Role.MANAGER, "assign_chosen", *both, assignee=firm.people[Role.ACCOUNTANT].pk)
    assert "сейчас не дежурит в чате" in told(answer)
    assert Request.objects.get(pk=firm.own.request.pk).assigned_to == firm.people[Role.ACCOUNTANT]
    assert Request.objects.get(pk=firm.foreign.request.pk).assigned_to is None


def test_the_page_of_a_request_assigns_it(firm: Firm) -> None:  # ADM-03
    boris = firm.foreign.assignment.user
    Assignment.objects.create(chat=firm.own.chat, user=boris)
    assert "Кто ответит?" in page(firm, Role.MANAGER, "sla_request_change", firm.own.request.pk)
    answer = press(firm, Role.MANAGER, "sla_request_assign", firm.own.request.pk, assignee=boris.pk)
    assert "Запрос передан" in told(answer)
    assert [one["name"] for one in Request.objects.get(pk=firm.own.request.pk).on_duty] == ["Борис"]


@pytest.mark.parametrize("to", ["", "x", "999999999999999999999999", "-1", "0"])
def test_a_person_out_of_nowhere_is_assigned_nothing(firm: Firm, to: str) -> None:  # quality: bad input
    answer = press(firm, Role.MANAGER, "sla_request_assign", firm.own.request.pk, assignee=to)
    assert "сейчас не дежурит в чате" in told(answer)


@pytest.mark.parametrize("keys", [["x"], ["1.5"], ["-1"], ["1", "DROP"], [""]])
def test_choices_that_are_no_rows_are_refused(firm: Firm, keys: list[str]) -> None:  # quality: bad input
    answer = choose(firm, Role.MANAGER, "resolve", _selected_action=keys)
    assert answer.status_code == 200
    assert "Выберите строки списка" in told(answer)


def test_a_number_of_no_request_is_told_of(firm: Firm) -> None:  # quality: bad input
    answer = choose(firm, Role.MANAGER, "resolve", _selected_action=["9" * 30, "1" * 17])
    assert "2 выбранных запроса не найдены" in told(answer)


def test_not_more_than_two_hundred_at_once(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:  # ADM-12
    monkeypatch.setattr("sla.admin.queue.MOST", 1)
    both = (firm.own.request, firm.foreign.request)
    assert "не больше 1 " in told(choose(firm, Role.MANAGER, "resolve", *both, select_across="1"))
    assert states(*both) == ["open", "open"]


def test_the_time_left_has_the_colour_of_the_state(firm: Firm) -> None:  # ADM-02
    assert "bb-clock-danger" in page(firm, Role.MANAGER, "sla_request_changelist")


def test_of_two_managers_at_once_one_wins(committed: None) -> None:  # ADM-02
    """Each is told what became of the press; nothing is done twice."""
    firm = build()
    browsers = [firm.browser(role) for role in (Role.MANAGER, Role.ADMIN)]
    address = reverse("admin:sla_request_changelist")
    form = {"action": "resolve", "_selected_action": firm.own.request.pk, "index": 0}

    def work(browser: Any) -> None:
        browser.post(address, form)
        connections.close_all()

    both = [Thread(target=work, args=[browser]) for browser in browsers]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    texts = " ".join(told(browser.get(address)) for browser in browsers)  # one renders at a time
    assert "Помечено решённым" in texts
    assert "ничего не изменено" in texts
    assert firm.own.request.events.filter(kind="resolved").count() == 1
