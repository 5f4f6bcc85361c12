"""OUT-01, OUT-06, OUT-07, SEC-11: what is queued, for whom, and what its buttons bring back."""

from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import override_settings

from bot.keyboards import MAX_DATA_BYTES, Button, markup, press, read_press
from bot.models import OutgoingMessage
from bot.outbox import (
    WrongAudience,
    queue_button_answer,
    queue_deletion,
    queue_edit,
    queue_for_admins,
    queue_message,
)
from bot.rules import MAX_TEXT
from buhbot.models import Role
from tests.bot.rows import make_chat, make_person

pytestmark = pytest.mark.django_db
Audience = OutgoingMessage.Audience
KEYBOARD = ((Button("Открыть", url="https://t.me/c/1/2"), Button("Взять", data="take:1:x")),)


def queued(to: Any, audience: str, text: str = "Текст", **fields: Any) -> OutgoingMessage:
    row = queue_message(to, audience=audience, text=text, **fields)
    assert row is not None
    return row


# OUT-06


def test_out_06_a_staff_notice_to_a_person_who_is_not_linked_is_refused() -> None:
    with pytest.raises(WrongAudience):
        queue_message(make_person(None), audience=Audience.STAFF, text="Просрочка")


def test_out_06_a_staff_notice_to_a_person_who_left_the_firm_is_refused() -> None:
    person = make_person(601)
    person.is_active = False
    with pytest.raises(WrongAudience):
        queue_message(person, audience=Audience.STAFF, text="Просрочка")


def test_out_06_a_staff_notice_never_goes_to_a_clients_chat() -> None:
    for audience in (Audience.STAFF, Audience.TEAM_CHAT):
        with pytest.raises(WrongAudience):
            queue_message(make_chat(-1001 - len(audience)), audience=audience, text="Просрочка")


def test_out_06_a_message_to_a_client_never_goes_to_the_team_chat_or_to_staff() -> None:
    for to in (make_chat(-1001, is_team=True), make_person(601)):
        with pytest.raises(WrongAudience):
            queue_message(to, audience=Audience.CLIENT, text="Здравствуйте")


def test_out_06_each_audience_has_its_address() -> None:
    client, team, person = make_chat(-1001), make_chat(-1002, is_team=True), make_person(601)
    assert queued(client, Audience.CLIENT).chat == client
    assert queued(team, Audience.TEAM_CHAT).chat == team
    assert queued(person, Audience.STAFF).recipient == person


def test_out_06_button_answers_and_deletions_are_checked_too() -> None:
    client = make_chat(-1001)
    with pytest.raises(WrongAudience):
        queue_button_answer(client, audience=Audience.STAFF, query_id="1")
    with pytest.raises(WrongAudience):
        queue_deletion(client, audience=Audience.TEAM_CHAT, message_id=1)


@pytest.mark.parametrize("audience", [Audience.STAFF, Audience.TEAM_CHAT])
def test_out_06_the_database_refuses_a_notice_to_a_clients_chat(audience: str) -> None:
    chat = make_chat(-1001)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMessage.objects.create(audience=audience, chat=chat, payload={})


def test_out_06_the_database_refuses_a_notice_to_a_person_who_is_not_linked() -> None:
    person = make_person(None)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMessage.objects.create(audience=Audience.STAFF, recipient=person, payload={})


def test_out_06_the_database_refuses_to_turn_a_notice_round_to_a_client() -> None:
    row, client = queued(make_chat(-1002, is_team=True), Audience.TEAM_CHAT), make_chat(-1001)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMessage.objects.filter(pk=row.pk).update(chat=client)


def test_out_06_the_database_refuses_a_client_message_to_the_team_chat() -> None:
    team = make_chat(-1002, is_team=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMessage.objects.create(audience=Audience.CLIENT, chat=team, payload={})


# OUT-01


def test_out_01_a_message_is_a_row_with_everything_that_the_call_needs() -> None:
    row = queued(make_chat(-1001), Audience.CLIENT, "<b>Да</b>", keyboard=KEYBOARD, reply_to_message_id=7)
    assert row.payload["text"] == "<b>Да</b>"
    assert row.payload["parse_mode"] == "HTML"
    assert row.payload["link_preview_options"] == {"is_disabled": True}
    assert row.payload["reply_parameters"] == {"message_id": 7, "allow_sending_without_reply": True}
    assert row.payload["reply_markup"] == markup(KEYBOARD)


def test_a_message_goes_to_its_topic_but_the_general_topic_is_never_named() -> None:
    chat = make_chat(-1001)
    assert queued(chat, Audience.CLIENT, topic_id=5).payload["message_thread_id"] == 5
    assert "message_thread_id" not in queued(chat, Audience.CLIENT, topic_id=1).payload


def test_the_same_dedupe_key_queues_once() -> None:
    chat = make_chat(-1001)
    assert queue_message(chat, audience=Audience.CLIENT, text="Раз", dedupe_key="k") is not None
    assert queue_message(chat, audience=Audience.CLIENT, text="Два", dedupe_key="k") is None
    assert OutgoingMessage.objects.get().payload["text"] == "Раз"


def test_a_dedupe_key_does_not_hide_a_refusal_of_the_database() -> None:
    person = make_person(601)
    type(person).objects.update(telegram_id=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        queue_message(person, audience=Audience.STAFF, text="Просрочка", dedupe_key="k")


def test_an_edit_goes_where_the_original_went() -> None:
    original = queued(make_person(601), Audience.STAFF, subject="request:1")
    edit = queue_edit(original, text="Отвечено", dedupe_key="e")
    assert edit is not None
    assert (edit.edits, edit.recipient, edit.subject) == (original, original.recipient, "request:1")
    assert "reply_markup" not in edit.payload


def test_a_toast_holds_200_characters() -> None:
    row = queue_button_answer(make_chat(-1001), audience=Audience.CLIENT, query_id="1", text="а" * 300)
    assert len(row.payload["text"]) == 200


def test_every_admin_who_can_be_reached_gets_a_notice_once() -> None:
    admin = make_person(601, role=Role.ADMIN)
    make_person(None, role=Role.ADMIN)
    make_person(602, role=Role.MANAGER)
    assert queue_for_admins("Что-то случилось", dedupe_key="n") == 1
    queue_for_admins("Что-то случилось", dedupe_key="n")
    assert OutgoingMessage.objects.get().recipient == admin


def test_out_07_a_text_is_cut_to_what_a_message_holds() -> None:
    row = queued(make_chat(-1001), Audience.CLIENT, "слово " * 2000)
    assert len(row.payload["text"]) <= MAX_TEXT
    assert row.payload["text"].endswith("слово…")


# SEC-11


def test_sec_11_a_press_brings_back_what_was_signed() -> None:
    assert read_press(press("resolve", 1042)) == ("resolve", 1042)
    assert len(press("resolve", 2**63 - 1)) <= MAX_DATA_BYTES


@pytest.mark.parametrize(
    "data", ["", "resolve", "resolve:1", "resolve:1:", "resolve:1:AAAAAAAAAAAAAAAA", "x" * 64]
)
def test_sec_11_forged_data_is_nobody(data: str) -> None:
    assert read_press(data) is None


def test_sec_11_a_signature_holds_for_one_row_and_one_action() -> None:
    signature = press("take", 1).rsplit(":", 1)[1]
    assert read_press(f"take:2:{signature}") is None
    assert read_press(f"resolve:1:{signature}") is None


def test_sec_11_buttons_live_through_a_change_of_the_key() -> None:
    data = press("take", 1)
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[]):
        assert read_press(data) is None
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert read_press(data) == ("take", 1)


def test_sec_11_data_that_would_not_fit_is_refused_when_made() -> None:
    with pytest.raises(ValueError, match="callback data"):
        press("a" * 40, 2**62)
    with pytest.raises(ValueError, match="callback data"):
        press("no spaces", 1)


def test_a_button_either_acts_or_opens_a_link() -> None:
    with pytest.raises(ValueError, match="either"):
        markup(((Button("Ничего"),),))
