"""The page of a request and its buttons."""

import pytest
from django.urls import reverse

from buhbot.models import Role
from sla.models import Request
from tests.admin.firm import Firm
from tests.admin.visits import page, press, told


def test_the_page_of_a_request_tells_its_story(firm: Firm) -> None:  # ADM-03
    text = page(firm, Role.ACCOUNTANT, "sla_request_change", firm.own.request.pk)
    for words in ("акт сверки для Ромашка", "Срок пропущен", "Клиент", "не доставлено"):
        assert words in text


def test_the_page_of_a_request_says_why_it_is_due_when_it_is(firm: Firm) -> None:  # ADM-03
    text = page(firm, Role.ACCOUNTANT, "sla_request_change", firm.own.request.pk)
    for words in ("Почему такой срок", "для этого чата", "пн 23.11, 10:00–11:00 = 1 ч", "Всего 1 ч: срок"):
        assert words in text


def test_a_manager_takes_resolves_and_opens_a_request_again(firm: Firm) -> None:  # ALR-04, ANS-06, REQ-07
    request = firm.own.request
    for action, state in (
        ("take", "open"),
        ("resolve", "resolved"),
        ("reopen", "open"),
        ("cancel", "cancelled"),
    ):
        answer = press(firm, Role.MANAGER, "sla_request_act", request.pk, action=action, note="По телефону")
        request.refresh_from_db()
        assert request.state == state, told(answer)
    assert request.acknowledged_by == firm.people[Role.MANAGER]
    assert request.close_note == "По телефону"
    assert request.events.filter(actor=firm.people[Role.MANAGER]).count() == 4


def test_an_accountant_resolves_own_requests(firm: Firm) -> None:  # RBAC table
    press(firm, Role.ACCOUNTANT, "sla_request_act", firm.own.request.pk, action="resolve")
    firm.own.request.refresh_from_db()
    assert firm.own.request.closed_by == firm.people[Role.ACCOUNTANT]


@pytest.mark.parametrize("action", ["cancel", "reopen", "nonsense"])
def test_an_accountant_may_not_do_more(firm: Firm, action: str) -> None:  # RBAC table
    answer = press(firm, Role.ACCOUNTANT, "sla_request_act", firm.own.request.pk, action=action)
    firm.own.request.refresh_from_db()
    assert firm.own.request.state == "open"
    assert "нет права" in told(answer)


@pytest.mark.parametrize(("role", "status"), [(Role.ACCOUNTANT, 404), (Role.OBSERVER, 404)])
def test_foreign_requests_cannot_be_touched(firm: Firm, role: str, status: int) -> None:  # RBAC-02
    answer = press(firm, role, "sla_request_act", firm.foreign.request.pk, action="resolve")
    assert answer.status_code == status
    assert Request.objects.get(pk=firm.foreign.request.pk).is_open


def test_acting_needs_a_post(firm: Firm) -> None:  # SEC
    answer = firm.browser(Role.ADMIN).get(reverse("admin:sla_request_act", args=[firm.own.request.pk]))
    assert answer.status_code == 403


def test_a_closed_request_says_so_when_pressed_again(firm: Firm) -> None:  # ALR-04
    press(firm, Role.MANAGER, "sla_request_act", firm.own.request.pk, action="resolve")
    answer = press(firm, Role.MANAGER, "sla_request_act", firm.own.request.pk, action="resolve")
    assert "уже завершён" in told(answer)
