"""The page of a request and its buttons."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from buhbot.models import Chat, Message, Role
from sla.models import Request
from tests.admin.firm import ASKED_AT, Firm, ask, say
from tests.admin.visits import NOW, counted, page, press, told


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


def test_the_conversation_shows_what_was_said_around_and_before_edits(firm: Firm) -> None:  # ADM-03
    press(firm, Role.MANAGER, "sla_request_act", firm.own.request.pk, action="resolve")
    firm.own.message.revisions.create(text="Где акт?", replaced_at=ASKED_AT)
    ask(firm.own.chat, "А счёт когда будет готов?", NOW + timedelta(minutes=5), message_id=9)
    text = page(firm, Role.ACCOUNTANT, "sla_request_change", firm.own.request.pk)
    assert "Где акт?" in text
    assert "bb-bubble-around" in text.split("А счёт когда")[0]


def test_what_telegram_says_of_the_group_stands_aside(firm: Firm) -> None:  # ADM-03, REQ-02
    firm.own.chat.messages.create(
        telegram_chat_id=firm.own.chat.telegram_id,
        telegram_message_id=77,
        kind="service",
        sender="ignored",
        sent_at=ASKED_AT + timedelta(minutes=2),
    )
    for name, pk in (
        ("sla_request_change", firm.own.request.pk),
        ("buhbot_chat_conversation", firm.own.chat.pk),
    ):
        text = page(firm, Role.ACCOUNTANT, name, pk)
        assert "bb-bubble-aside" in text
        assert "bb-bubble-staff" not in text


def test_a_long_conversation_shows_its_end(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:  # ADM-03
    monkeypatch.setattr("sla.admin.bubbles.SHOWN_MESSAGES", 1)
    say(firm.own.chat, "Очень нужен акт для банка", ASKED_AT + timedelta(minutes=1), message_id=2)
    text = page(firm, Role.ACCOUNTANT, "sla_request_change", firm.own.request.pk)
    assert "Сообщений много" in text
    assert "Очень нужен акт" in text


def test_an_alert_that_was_withdrawn_says_so(firm: Firm) -> None:  # ADM-03, ANS-04
    firm.own.request.alerts.update(withdrawn_at=NOW)
    assert "Отозвано" in page(firm, Role.MANAGER, "sla_request_change", firm.own.request.pk)


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "‮کجاست👩‍👩‍👧‍👦", "я" * 4096, "{{ x }}%(a)s"]
)
def test_whatever_a_client_writes_is_shown_as_written(firm: Firm, hostile: str) -> None:  # SEC
    Message.objects.filter(pk=firm.own.message.pk).update(text=hostile, sender_name=hostile[:255])
    Chat.objects.filter(pk=firm.own.chat.pk).update(client_name=hostile[:200], title=hostile[:255])
    text = page(firm, Role.MANAGER, "sla_request_change", firm.own.request.pk)
    assert escape(hostile) in text
    assert "<script>alert" not in text + page(firm, Role.MANAGER, "sla_request_changelist")


@pytest.mark.parametrize("note", ["я" * 10_000, "<script>alert(1)</script>", "\u202eкот🐈", "a\r\nb"])
def test_a_note_of_any_kind_is_kept_and_shown(firm: Firm, note: str) -> None:  # quality: bad input
    press(firm, Role.ACCOUNTANT, "sla_request_act", firm.own.request.pk, action="resolve", note=note)
    assert Request.objects.get(pk=firm.own.request.pk).close_note == note[:500]
    text = page(firm, Role.ACCOUNTANT, "sla_request_change", firm.own.request.pk)
    assert escape(note[:500]).split("\r")[0] in text


def test_a_zero_byte_in_a_note_is_left_out(firm: Firm) -> None:  # quality: bad input
    answer = press(
        firm, Role.ACCOUNTANT, "sla_request_act", firm.own.request.pk, action="resolve", note="a\x00b"
    )
    assert answer.status_code == 200
    assert Request.objects.get(pk=firm.own.request.pk).close_note == "ab"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTANT])
def test_the_page_of_a_request_costs_the_same_however_much_was_said(firm: Firm, role: str) -> None:  # ADM-12
    def cost() -> int:
        browser, address = firm.browser(role), reverse("admin:sla_request_change", args=[firm.own.request.pk])
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return counted(queries)

    cost()  # types of content are read once
    before = cost()
    for number in range(2, 32):
        say(firm.own.chat, f"Ждём акт {number}", ASKED_AT + timedelta(minutes=number), message_id=number)
    assert cost() == before
    assert before <= 12


def test_what_was_written_in_private_and_never_arrived_is_marked(firm: Firm) -> None:  # ADM-03, CLI-10
    request = firm.own.request
    assert "в личной переписке" not in page(firm, Role.ACCOUNTANT, "sla_request_change", request.pk)
    Request.objects.filter(pk=request.pk).update(origin="private")
    Message.objects.filter(pk=request.opened_by_id).update(private_with=55, sender="undelivered")
    text = page(firm, Role.ACCOUNTANT, "sla_request_change", request.pk)
    for words in (
        "в личной переписке",
        '<span class="bb-bubble-lost">не доставлено',
        "личное сообщение боту",
    ):
        assert words in text
    assert "💬" in page(firm, Role.MANAGER, "sla_request_changelist", origin="private")
    number = f"№\u00a0{request.pk}<"
    assert number in page(firm, Role.MANAGER, "sla_request_changelist", origin="private")
    assert number not in page(firm, Role.MANAGER, "sla_request_changelist", origin="chat")
