"""The journals of Telegram, and trying again."""

from typing import Any

import pytest
from django.urls import reverse

from bot.admin.contents import facts_of_call, facts_of_update
from bot.models import InboundUpdate, OutgoingMessage
from buhbot.models import Role
from tests.admin.firm import Firm
from tests.admin.visits import NOW, page, press, told

TOKEN = "Zm9vYmFyYmF6cXV4MTIzNA"
HOSTILE: list[Any] = [
    {"update_id": 1},
    {"message": None},
    {"message": {"from": [], "chat": "x", "text": {"a": 1}}},
    {"callback_query": {"message": {"chat": []}, "data": 5}},
    [],
    "text",
]


def update(number: int, state: str, **payload: Any) -> InboundUpdate:
    error = "Traceback\nKeyError: 'x'" if state == "failed" else ""
    return InboundUpdate.objects.create(
        update_id=number, lane=number, payload=payload, state=state, error=error
    )


def outgoing(firm: Firm, state: str, **fields: Any) -> OutgoingMessage:
    payload = {"text": f"Письмо {state}"}
    recipient = firm.people[Role.MANAGER]
    return OutgoingMessage.objects.create(
        **{"audience": "staff", "recipient": recipient, "payload": payload, "state": state} | fields
    )


def choose(firm: Firm, role: str, name: str, rows: list[Any]) -> Any:
    """Tick rows of a list and take the action «again»."""
    data = {"action": "again", "_selected_action": [row.pk for row in rows]}
    return firm.browser(role).post(reverse(f"admin:{name}_changelist"), data, follow=True)


def test_an_administrator_processes_an_update_again(firm: Firm) -> None:  # ADM-11, BOT-04
    press(firm, Role.ADMIN, "bot_inboundupdate_again", firm.update.pk)
    assert InboundUpdate.objects.get().state == "pending"


def test_an_administrator_sends_a_message_again(firm: Firm) -> None:  # ADM-11
    press(firm, Role.ADMIN, "bot_outgoingmessage_again", firm.own.outgoing.pk)
    row = OutgoingMessage.objects.get(pk=firm.own.outgoing.pk)
    assert (row.state, row.attempts, row.not_before) == ("queued", 0, NOW)


def test_many_messages_are_sent_again_at_once(firm: Firm) -> None:  # ADM-11
    answer = choose(firm, Role.ADMIN, "bot_outgoingmessage", [firm.own.outgoing, firm.foreign.outgoing])
    assert "Возвращены 2 записи." in told(answer)


def test_many_updates_are_processed_again_at_once_and_others_stay(firm: Firm) -> None:  # ADM-11
    done = update(8, "processed")
    answer = choose(firm, Role.ADMIN, "bot_inboundupdate", [firm.update, update(9, "failed"), done])
    assert "Возвращены 2 записи." in told(answer)
    assert set(InboundUpdate.objects.values_list("update_id", "state")) == {
        (7, "pending"),
        (8, "processed"),
        (9, "pending"),
    }


def test_what_is_done_is_not_done_again(firm: Firm) -> None:  # ADM-11
    for name, row in (
        ("bot_inboundupdate", update(8, "processed")),
        ("bot_outgoingmessage", outgoing(firm, "sent")),
    ):
        assert f"{name}/{row.pk}/again" not in page(firm, Role.ADMIN, f"{name}_change", row.pk)
        assert "состояние записей этого не допускает" in told(
            press(firm, Role.ADMIN, f"{name}_again", row.pk)
        )
        assert "состояние записей этого не допускает" in told(choose(firm, Role.ADMIN, name, [row]))


@pytest.mark.parametrize("name", ["bot_inboundupdate", "bot_outgoingmessage"])
def test_a_manager_only_looks_at_the_journals(firm: Firm, name: str) -> None:  # RBAC table
    row = firm.update if name == "bot_inboundupdate" else firm.own.outgoing
    assert press(firm, Role.MANAGER, f"{name}_again", row.pk).status_code == 403
    assert f"{name}/{row.pk}/again" not in page(firm, Role.MANAGER, f"{name}_change", row.pk)
    assert 'value="again"' not in page(firm, Role.MANAGER, f"{name}_changelist")
    choose(firm, Role.MANAGER, name, [row])
    row.refresh_from_db()
    assert row.state in {"failed", "undelivered"}


@pytest.mark.parametrize("state", ["pending", "processed", "failed"])
def test_the_inbox_is_filtered_by_state(firm: Firm, state: str) -> None:  # ADM-11
    rows = {"pending": 1001, "processed": 1002, "failed": 1003}
    for name, number in rows.items():
        update(number, name)
    text = page(firm, Role.MANAGER, "bot_inboundupdate_changelist", state__exact=state)
    assert [f">{number}<" in text for number in rows.values()] == [name == state for name in rows]


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "undelivered", "cancelled"])
def test_the_outbox_is_filtered_by_state(firm: Firm, state: str) -> None:  # ADM-11
    states = ("queued", "sending", "sent", "undelivered", "cancelled")
    rows = {name: outgoing(firm, name).pk for name in states}
    text = page(firm, Role.MANAGER, "bot_outgoingmessage_changelist", state__exact=state)
    shown = {name: f"/outgoingmessage/{pk}/change/" in text for name, pk in rows.items()}
    assert shown == {name: name == state for name in states}


def test_the_page_of_an_update_says_in_words_what_came_and_what_went_wrong(firm: Firm) -> None:  # ADM-11
    message = {
        "from": {"first_name": "Олег", "last_name": "<b>Ким</b>"},
        "chat": {"title": "Ромашка"},
        "text": "Где акт?",
    }
    row = update(8, "failed", message=message)
    text = page(firm, Role.MANAGER, "bot_inboundupdate_change", row.pk)
    for words in ("Олег &lt;b&gt;Ким&lt;/b&gt;", "Где акт?", "KeyError: &#x27;x&#x27;", "сообщение"):
        assert words in text
    assert "<b>Ким" not in text


def test_the_page_of_a_message_shows_its_text_as_people_read_it(firm: Firm) -> None:  # ADM-11
    keyboard = {"inline_keyboard": [[{"text": "Беру", "callback_data": "x"}]]}
    payload = {"text": "<b>№ 5</b> ждёт &amp; ждёт", "reply_markup": keyboard}
    row = outgoing(firm, "undelivered", payload=payload, error="Forbidden: bot was blocked by the user")
    text = page(firm, Role.MANAGER, "bot_outgoingmessage_change", row.pk)
    for words in ("№ 5 ждёт &amp; ждёт", "Беру", "Forbidden: bot was blocked by the user", "не доставлено"):
        assert words in text, words


def test_sec_09_the_token_of_a_one_time_link_is_masked(firm: Firm) -> None:
    row = update(8, "failed", message={"text": f"/start {TOKEN}"})
    text = page(firm, Role.MANAGER, "bot_inboundupdate_change", row.pk)
    assert TOKEN not in text
    assert "/start •••" in text


@pytest.mark.parametrize("payload", HOSTILE)
def test_sec_10_no_shape_breaks_the_page(firm: Firm, payload: Any) -> None:
    facts_of_update(payload)
    facts_of_call(payload)
    row = InboundUpdate.objects.create(update_id=8, lane=1, payload=payload, state="failed")
    assert page(firm, Role.ADMIN, "bot_inboundupdate_change", row.pk)
