"""The pages of a chat: how it stands, who is in it, what was said."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bot.models import BotAccount
from buhbot.models import AuditEntry, Chat, Role, User
from buhbot.rules import IncomingPerson
from sla.models import Request
from tests.admin.firm import ASKED_AT, Firm, person, say
from tests.admin.test_chats import form_of
from tests.admin.visits import NOW, counted, page, press, told

STRANGER = IncomingPerson(777, "Вера из фирмы")
PEOPLE, HEALTH, CONVERSATION = "buhbot_chat_people", "buhbot_chat_health", "buhbot_chat_conversation"


def test_an_observer_sees_titles_and_figures_and_no_clients_name(firm: Firm) -> None:  # RBAC table
    chat = firm.own.chat
    Chat.objects.filter(pk=chat.pk).update(client_name="ООО «Тайна»", title="Ромашка, бухгалтерия")
    report = f"{reverse('admin:sla_reports')}?chat={chat.pk}"
    shown = page(firm, Role.OBSERVER, "buhbot_chat_change", chat.pk)
    assert f'href="{report}"' in shown
    pages = [
        shown,
        page(firm, Role.OBSERVER, "buhbot_chat_history", chat.pk),
        page(firm, Role.OBSERVER, "buhbot_chat_changelist"),
        *(page(firm, Role.OBSERVER, "sla_reports", view=view, chat=chat.pk) for view in ("summary", "chats")),
    ]
    for text in pages:
        assert "Ромашка, бухгалтерия" in text
        assert "Тайна" not in text
    assert page(firm, Role.OBSERVER, "buhbot_chat_changelist", q="Тайна").count("бухгалтерия") == 0
    assert "Тайна" in page(firm, Role.MANAGER, "sla_reports", view="chats")
    assert report in page(firm, Role.MANAGER, "buhbot_chat_change", chat.pk)
    field = {"app_label": "templates_app", "model_name": "receivedfile", "field_name": "chat"}
    offered = firm.browser(Role.OBSERVER).get(reverse("admin:autocomplete"), field)
    assert offered.status_code == 403 or offered.json()["results"] == []
    assert Chat.objects.get(pk=chat.pk).client_name == "ООО «Тайна»"


def test_the_people_of_a_chat_are_named_with_their_kind(firm: Firm) -> None:  # ADM-04
    say(firm.own.chat, "Сейчас пришлю", ASKED_AT + timedelta(minutes=3), 5, IncomingPerson(601, "Аня"))
    text = page(firm, Role.MANAGER, PEOPLE, firm.own.chat.pk)
    assert "Клиент" in text
    assert "Анна" in text
    assert "1 сообщение, последнее: " in text


def test_an_administrator_marks_one_as_staff(firm: Firm) -> None:  # ADM-04, TIM-04
    """What this person had said answers the open request, at its own time."""
    vera = person("Вера", Role.ACCOUNTANT)
    firm.own.chat.assignments.create(user=vera)
    say(firm.own.chat, "Акт готов, отправила", ASKED_AT + timedelta(minutes=10), 5, STRANGER)
    answer = press(firm, Role.ADMIN, "buhbot_chat_staff", firm.own.chat.pk, telegram_id=777, account=vera.pk)
    assert "Вера теперь считается сотрудником" in told(answer)
    request = Request.objects.get(pk=firm.own.request.pk)
    assert (request.state, request.closed_by) == ("answered", vera)
    (entry,) = AuditEntry.objects.filter(model="buhbot.user", object_id=str(vera.pk))
    assert entry.changes == [["номер в Telegram", "—", "777"]]  # ADM-10
    assert User.objects.get(pk=vera.pk).telegram_id == 777


@pytest.mark.parametrize(
    ("telegram_id", "account"),
    [
        ("", ""),
        ("x", "1"),
        ("999", "vera"),
        ("777", "0"),
        ("777", "9" * 30),
        ("602", "vera"),
        ("777", "anna"),
    ],
)
def test_marking_someone_wrongly_changes_nothing(firm: Firm, telegram_id: str, account: str) -> None:
    """Not of the chat, no such account, or one that is linked already."""  # quality: bad input
    people = {"vera": person("Вера", Role.ACCOUNTANT), "anna": firm.people[Role.ACCOUNTANT]}
    say(firm.own.chat, "Акт готов", ASKED_AT + timedelta(minutes=10), 5, STRANGER)
    given = people[account].pk if account in people else account
    answer = press(
        firm, Role.ADMIN, "buhbot_chat_staff", firm.own.chat.pk, telegram_id=telegram_id, account=given
    )
    assert "Выберите участника чата" in told(answer) or "уже привязана" in told(answer)
    assert not User.objects.filter(telegram_id=777).exists()


@pytest.mark.parametrize(
    ("chat", "reads_all", "words"),
    [
        ({"is_bot_admin": True}, False, "видит все сообщения и удаляет команды"),
        ({"is_bot_admin": False}, False, "включён: бот видит только команды"),
        ({"is_bot_admin": None}, True, "не мешает: бот видит все сообщения"),
        ({"life_cycle": "left"}, True, "Снова добавьте бота в чат"),
        ({"last_message_at": None}, True, "ещё не было"),
        ({"unreachable_since": NOW, "unreachable_reason": "нельзя писать"}, True, "нельзя писать"),
    ],
)
def test_the_health_of_a_chat_is_told_in_words(
    firm: Firm, chat: dict[str, Any], reads_all: bool, words: str
) -> None:  # ADM-04
    BotAccount.objects.create(
        telegram_id=1, username="bot", reads_all_messages=reads_all, checked_at=ASKED_AT
    )
    Chat.objects.filter(pk=firm.own.chat.pk).update(**chat)
    assert words in page(firm, Role.ACCOUNTANT, HEALTH, firm.own.chat.pk)


def test_nobody_to_tell_is_told_loudly(firm: Firm) -> None:  # ADM-04, principle 11
    User.objects.update(telegram_id=None)
    assert "бот не может написать никому" in page(firm, Role.MANAGER, HEALTH, firm.own.chat.pk)


def test_the_conversation_is_searched(firm: Firm) -> None:  # ADM-04
    say(firm.own.chat, "А счёт за ноябрь?", ASKED_AT + timedelta(minutes=3), 5)
    text = page(firm, Role.ACCOUNTANT, CONVERSATION, firm.own.chat.pk, q="НОЯБРЬ")
    assert "А счёт за ноябрь?" in text
    assert "Когда будет готов акт" not in text
    assert "Ничего не найдено" in page(firm, Role.ACCOUNTANT, CONVERSATION, firm.own.chat.pk, q="Вектор")


def test_the_conversation_has_pages(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:  # ADM-04
    monkeypatch.setattr("sla.admin.chat_pages.PER_PAGE", 1)
    say(firm.own.chat, "А счёт за ноябрь?", ASKED_AT + timedelta(minutes=3), 5)
    newest = page(firm, Role.MANAGER, CONVERSATION, firm.own.chat.pk)
    older = page(firm, Role.MANAGER, CONVERSATION, firm.own.chat.pk, page=2)
    assert ("А счёт" in newest, "?page=2" in newest) == (True, True)
    assert ("Когда будет" in older, "?page=1" in older, "?page=3" in older) == (True, True, False)


@pytest.mark.parametrize(
    "query", [{"page": "x"}, {"page": "-1"}, {"page": "9" * 20}, {"q": "%_\\\0"}, {"q": "я" * 9000}]
)
def test_odd_questions_about_the_conversation_are_answered(firm: Firm, query: dict[str, str]) -> None:
    page(firm, Role.MANAGER, CONVERSATION, firm.own.chat.pk, **query)  # quality: bad input


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTANT, Role.ADMIN])
@pytest.mark.parametrize("name", [PEOPLE, HEALTH, CONVERSATION, "buhbot_chat_change"])
def test_pages_of_a_chat_cost_the_same_however_much_is_there(
    firm: Firm, role: str, name: str
) -> None:  # ADM-12
    def cost() -> int:
        browser, address = firm.browser(role), reverse(f"admin:{name}", args=[firm.own.chat.pk])
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return counted(queries)

    cost()  # types of content are read once
    before = cost()
    for number in range(2, 32):
        who = IncomingPerson(5000 + number, f"Клиент {number}")
        say(firm.own.chat, f"Ждём акт {number}", ASKED_AT + timedelta(minutes=number), number, who)
    assert cost() == before
    assert before <= 12


def test_whoever_saves_over_another_ones_change_is_told(firm: Firm) -> None:  # quality: bad input
    chat, duty = firm.own.chat, firm.own.assignment
    shown = page(firm, Role.MANAGER, "buhbot_chat_change", chat.pk)
    stamp = shown.split('name="seen" value="')[1].split('"')[0]
    kept = {"id": duty.pk, "chat": chat.pk, "user": duty.user_id, "duty": "accountant"}
    form = form_of(chat, kept) | {"seen": stamp}
    assert press(
        firm, Role.ADMIN, "buhbot_chat_change", chat.pk, **form | {"client_name": "А"}
    ).redirect_chain
    late = press(firm, Role.MANAGER, "buhbot_chat_change", chat.pk, **form | {"client_name": "Б"})
    assert "изменил кто-то другой; ничего не сохранено" in late.content.decode()
    assert Chat.objects.get(pk=chat.pk).client_name == "А"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_name", "я" * 10_000),
        ("client_name", "a\0b"),
        ("tier", "99999"),
        ("tier", "x"),
        ("calendar", "0"),
        ("assignments-0-user", "99999"),
        ("assignments-0-user", "observer"),
        ("assignments-0-duty", "boss"),
        ("assignments-0-chat", "foreign"),
        ("assignments-0-id", "foreign"),
    ],
)
def test_a_forged_form_of_a_chat_saves_nothing(firm: Firm, field: str, value: str) -> None:
    """Refused with a sentence, and not by halves."""  # quality: bad input
    chat, duty = firm.own.chat, firm.own.assignment
    forged = {
        "observer": firm.people[Role.OBSERVER].pk,
        "foreign": firm.foreign.chat.pk if field.endswith("chat") else firm.foreign.assignment.pk,
    }
    kept = {"id": duty.pk, "chat": chat.pk, "user": duty.user_id, "duty": "manager"}
    form = form_of(chat, kept) | {"client_name": "Новое имя", field: forged.get(value, value)}
    answer = press(firm, Role.MANAGER, "buhbot_chat_change", chat.pk, **form)
    assert answer.status_code == 200
    assert not answer.redirect_chain
    duty.refresh_from_db()
    assert (Chat.objects.get(pk=chat.pk).client_name, duty.duty) == (chat.client_name, "accountant")


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "\u202eабв", "👩‍👩‍👧" * 20])
def test_names_of_any_kind_are_shown_as_they_are(firm: Firm, hostile: str) -> None:
    say(firm.own.chat, hostile, ASKED_AT + timedelta(minutes=3), 5, IncomingPerson(778, hostile))
    Chat.objects.filter(pk=firm.own.chat.pk).update(client_name=hostile, title=hostile)
    for name in (PEOPLE, HEALTH, CONVERSATION, "buhbot_chat_change"):
        assert "<script>alert" not in page(firm, Role.ADMIN, name, firm.own.chat.pk)
