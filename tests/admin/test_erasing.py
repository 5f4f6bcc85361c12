"""An administrator erases a client from the page of a chat: first what will go, then a typed confirmation (SEC-14)."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from bot.models import InboundUpdate
from buhbot.models import AuditEntry, Chat, Message, Role
from buhbot.rules import IncomingPerson
from sla.models import Request
from tests.admin.firm import ASKED_AT, Firm, build, say
from tests.admin.test_words import english
from tests.admin.visits import page
from tests.environment import DATABASE, database_url

ERASE, PEOPLE = "buhbot_chat_erase", "buhbot_chat_people"
VERA = IncomingPerson(777, "Вера Лютикова")
SAID = "Спасибо, вопросов больше нет"


@pytest.fixture
def vera(firm: Firm) -> IncomingPerson:
    """A client who asked nothing that is still open."""
    say(firm.own.chat, SAID, ASKED_AT - timedelta(minutes=5), 5, VERA)
    return VERA


def erase(firm: Firm, number: Any, confirmation: Any, role: str = Role.ADMIN) -> Any:
    address = reverse(f"admin:{ERASE}", args=[firm.own.chat.pk])
    data = {"person": number, "confirmation": confirmation}
    return firm.browser(role).post(address, data, follow=True)


def test_sec_14_the_page_says_what_will_go_and_erases_nothing(firm: Firm, vera: IncomingPerson) -> None:
    text = page(firm, Role.ADMIN, ERASE, firm.own.chat.pk, person=777)
    assert "Вера Лютикова" in text
    assert "<td>Сообщения, из которых уйдут имя и текст</td><td>1</td>" in text
    assert "Файлы" not in text.partition("<h3")[2].partition("</table>")[0]  # there are none
    assert english(text) == []
    assert Message.objects.get(sender_id=777).text == SAID
    assert not AuditEntry.objects.filter(note__contains="стёрт").exists()


def test_sec_14_the_number_typed_in_erases(firm: Firm, vera: IncomingPerson) -> None:
    text = erase(firm, 777, " 777 ").content.decode()
    assert "Клиент стёрт. Удалено: Сообщения, из которых уйдут имя и текст — 1" in text
    assert "Лютикова" not in text
    assert not Message.objects.filter(sender_id=777).exists()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.source) == (firm.people[Role.ADMIN], "admin")
    assert "777" not in f"{entry.note}{entry.object_name}{entry.changes}"


@pytest.mark.parametrize("typed", ["", "778", "yes", "Вера Лютикова"])
def test_sec_14_another_word_erases_nothing(firm: Firm, vera: IncomingPerson, typed: str) -> None:
    text = erase(firm, 777, typed).content.decode()
    assert "Ничего не стёрто: это другой номер" in text
    assert Message.objects.filter(sender_id=777).exists()


@pytest.mark.parametrize("number", ["", "x", "0", "-5", "9" * 30, "999", "601"])
def test_sec_14_only_a_client_of_the_chat_can_be_erased(
    firm: Firm, vera: IncomingPerson, number: str
) -> None:
    """Nobody of the number was here, or it is the accountant."""
    say(firm.own.chat, "Готово", ASKED_AT + timedelta(minutes=4), 6, IncomingPerson(601, "Анна"))
    assert "Выберите клиента этого чата" in erase(firm, number, number).content.decode()
    assert Message.objects.filter(sender_id__in=(777, 601)).count() == 2


def test_sec_14_an_open_request_is_told_instead_of_a_button(firm: Firm) -> None:
    text = page(firm, Role.ADMIN, ERASE, firm.own.chat.pk, person=501)
    assert f"№\u00a0{firm.own.request.pk}" in text
    assert 'name="confirmation"' not in text
    assert english(text) == []
    assert "открыты" in erase(firm, 501, 501).content.decode()
    assert Request.objects.get(pk=firm.own.request.pk).text


def test_sec_14_what_the_bot_has_not_read_is_told(firm: Firm, vera: IncomingPerson) -> None:
    InboundUpdate.objects.create(update_id=8, lane=777, payload={}, state="pending")
    assert "минуту" in page(firm, Role.ADMIN, ERASE, firm.own.chat.pk, person=777)


def test_sec_14_who_became_staff_is_told(firm: Firm, vera: IncomingPerson) -> None:
    other = firm.people[Role.OBSERVER]
    type(other).objects.filter(pk=other.pk).update(telegram_id=777)
    assert "отвяжите" in page(firm, Role.ADMIN, ERASE, firm.own.chat.pk, person=777)


def test_sec_14_a_private_chat_without_a_word_can_be_erased(firm: Firm) -> None:
    chat = Chat.objects.create(
        telegram_id=888, kind="private", title="Пётр Тихий", tier=firm.own.chat.tier, registered_at=ASKED_AT
    )
    link = f"{reverse(f'admin:{ERASE}', args=[chat.pk])}?person=888"
    assert link in page(firm, Role.ADMIN, PEOPLE, chat.pk)
    address = reverse(f"admin:{ERASE}", args=[chat.pk])
    firm.browser(Role.ADMIN).post(address, {"person": 888, "confirmation": 888})
    chat.refresh_from_db()
    assert (chat.title, chat.life_cycle) == ("—", "deleted")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTANT, Role.OBSERVER])
def test_sec_14_nobody_else_erases_or_is_offered_it(firm: Firm, vera: IncomingPerson, role: str) -> None:
    address = reverse(f"admin:{ERASE}", args=[firm.own.chat.pk])
    if role != Role.OBSERVER:
        assert address not in page(firm, role, PEOPLE, firm.own.chat.pk)
    assert erase(firm, 777, 777, role).status_code == 403
    assert Message.objects.filter(sender_id=777).exists()


@pytest.mark.usefixtures("committed")
def test_sec_14_a_chat_that_is_held_is_no_error() -> None:
    """The bot is at work in it for longer than a page can wait."""
    firm = build()
    say(firm.own.chat, SAID, ASKED_AT - timedelta(minutes=5), 5, VERA)
    browser = Client()
    browser.force_login(firm.people[Role.ADMIN])
    with psycopg.connect(database_url(DATABASE)) as other:
        other.execute("SELECT 1 FROM buhbot.buhbot_chat WHERE id = %s FOR UPDATE", [firm.own.chat.pk])
        shown = browser.get(reverse(f"admin:{ERASE}", args=[firm.own.chat.pk]), {"person": 777})
    assert "Бот сейчас работает в чате" in shown.content.decode()


def test_sec_14_what_is_too_much_for_a_page_is_a_command_for_the_server(
    firm: Firm, vera: IncomingPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.admin.erasing.PATIENCE_SECONDS", 0.001)
    text = page(firm, Role.ADMIN, ERASE, firm.own.chat.pk, person=777)
    assert "выполнить: <code>manage.py erase_client 777</code>" in text
    assert english(text) == []
    assert Message.objects.filter(sender_id=777).exists()
