"""Lists, their filters and figures."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from buhbot.models import Role
from sla.figures import Period, score, waiting_now
from sla.models import Request
from tests.admin.firm import ASKED_AT, Firm, ask, client_chat
from tests.admin.visits import NOW, page, press

MANY = 50


def test_an_accountant_sees_own_rows_only(firm: Firm) -> None:  # RBAC-02
    for name in ("sla_request", "buhbot_chat", "buhbot_message", "sla_alert"):
        text = page(firm, Role.ACCOUNTANT, f"{name}_changelist")
        assert "Ромашка" in text, name
        assert "Вектор" not in text, name


def test_an_observer_sees_titles_but_no_persons(firm: Firm) -> None:  # RBAC table
    text = page(firm, Role.OBSERVER, "buhbot_chat_changelist")
    assert "Вектор" in text
    assert "Анна" not in text


def test_an_observer_sees_the_firms_figures_and_no_request(firm: Firm) -> None:  # ADM-01
    text = page(firm, Role.OBSERVER, "index")
    assert '<span class="bb-tile-value">2</span>' in text
    assert "Ромашка" not in text


def test_an_accountants_figures_are_of_own_chats(firm: Firm) -> None:  # RBAC-02
    text = page(firm, Role.ACCOUNTANT, "index")
    assert '<span class="bb-tile-value">1</span>' in text
    assert "Ромашка" in text
    assert "Вектор" not in text


def test_the_queue_puts_what_is_due_first_first(firm: Firm) -> None:  # ADM-02
    late = ask(
        client_chat(3, "Гранд", firm.people[Role.ACCOUNTANT]), "Где счёт?", ASKED_AT + timedelta(hours=1)
    )
    closed = firm.own.request
    press(firm, Role.MANAGER, "sla_request_act", closed.pk, action="resolve")
    text = page(firm, Role.MANAGER, "sla_request_changelist")
    places = [text.index(f"№\u00a0{row.pk}<") for row in (firm.foreign.request, late, closed)]
    assert places == sorted(places)


def test_the_filter_in_time_shows_what_the_figures_count(firm: Firm) -> None:  # principle 8
    press(firm, Role.MANAGER, "sla_request_act", firm.own.request.pk, action="cancel")
    text = page(firm, Role.MANAGER, "sla_request_changelist", late="yes")
    assert ("Вектор" in text, "Ромашка" in text) == (True, False)
    period = Period(ASKED_AT, ASKED_AT + timedelta(days=1))
    assert score(Request.objects.all(), period, now=NOW).missed == 1


def test_what_came_today_leaves_cancelled_ones_out(firm: Firm) -> None:  # principle 8
    assert waiting_now(Request.objects.all(), now=ASKED_AT).opened_today == 2
    press(firm, Role.MANAGER, "sla_request_act", firm.own.request.pk, action="cancel")
    assert waiting_now(Request.objects.all(), now=ASKED_AT).opened_today == 1
    assert "Ромашка" not in page(firm, Role.MANAGER, "sla_request_changelist", standing="counted")


@pytest.mark.parametrize(
    "standing", ["open", "healthy", "at_risk", "breached", "in_time", "late", "resolved"]
)
def test_every_filter_of_requests_works(firm: Firm, standing: str) -> None:  # ADM-02
    query = {
        "standing": standing,
        "late": "yes",
        "period": "week",
        "accountant": firm.people[Role.ACCOUNTANT].pk,
    }
    page(firm, Role.MANAGER, "sla_request_changelist", **query)


def test_requests_are_found_by_number_client_and_text(firm: Firm) -> None:  # ADM-02
    for words in (str(firm.own.request.pk), "ромашка", "акт сверки для Ромашка"):
        assert "Ромашка" in page(firm, Role.MANAGER, "sla_request_changelist", q=words)


@pytest.mark.parametrize(
    "name",
    ["sla_request", "buhbot_chat", "buhbot_user", "buhbot_message", "sla_alert", "buhbot_auditentry"],
)
def test_a_list_of_fifty_costs_at_most_twelve_queries(firm: Firm, name: str) -> None:  # ADM-12
    for number in range(10, 10 + MANY):
        ask(client_chat(number, f"Клиент {number}", firm.people[Role.ACCOUNTANT]), "Где акт?", ASKED_AT)
    browser = firm.browser(Role.MANAGER)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        browser.get(reverse(f"admin:{name}_changelist"))
    asked = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 12, "\n".join(asked)


def test_no_filter_stumbles_over_a_zero_byte(firm: Firm) -> None:  # quality: bad input
    browser = firm.browser(Role.ADMIN)
    for model, fields in {"buhbot_auditentry": ("kind", "source"), "sla_request": ("state",)}.items():
        for field in fields:
            address = f"{reverse(f'admin:{model}_changelist')}?{field}__exact=%00"
            assert browser.get(address).status_code == 200, address
