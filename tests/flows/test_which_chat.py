"""Which chat a client means in private (CLI-05)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update

from bot.handlers import choosing
from bot.models import OutgoingMessage, WaitingOrder
from buhbot.models import Chat, ChosenChat
from buhbot.selectors import chats_of_client
from tests.flows import telegram
from tests.flows.telegram import Json
from tests.flows.world import CHAT_ID, CLIENT_ID, World, _other_chat, buttons, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


def writes(world: World, text: str, who: int = CLIENT_ID) -> list[str]:
    """A client writes in private; return what the bot says there."""
    message = telegram.message(telegram.private(who), telegram.person(who), TEN + minutes(30), text)
    world.receive(message=message)
    assert not world.failed()
    return said(world, who)


def said(world: World, who: int = CLIENT_ID) -> list[str]:
    rows = OutgoingMessage.objects.filter(chat__telegram_id=who, method="sendMessage").order_by("pk")
    return [str(row.payload["text"]) for row in rows]


def last_question(who: int = CLIENT_ID) -> OutgoingMessage:
    rows = OutgoingMessage.objects.filter(chat__telegram_id=who, method="sendMessage")
    return rows.exclude(payload__reply_markup__inline_keyboard=None).order_by("-pk")[0]


def choose(world: World, title: str, who: int = CLIENT_ID) -> str:
    """Press the button of a chat under the last question; return the toast."""
    world.all_sent()
    return world.presses(who, title, last_question(who))


def speaks_in(world: World, chat: Chat, text: str = "Добрый день") -> None:
    message = telegram.message(
        telegram.group(chat.telegram_id, chat.title), telegram.person(CLIENT_ID), TEN, text
    )
    world.receive(message=message)


@pytest.fixture
def second(world: World) -> Chat:
    """The client writes in two groups."""
    chat = _other_chat(world, 1, "ИП Петров")
    speaks_in(world, world.chat)
    speaks_in(world, chat)
    return chat


def member(chat: Chat, who: int, status: str, at: datetime) -> Json:
    user = telegram.person(who)
    extra = {"until_date": 0} if status == "kicked" else {}
    return {
        "chat": telegram.group(chat.telegram_id, chat.title),
        "from": user,
        "date": int(at.timestamp()),
        "old_chat_member": {"user": user, "status": "member"},
        "new_chat_member": {"user": user, "status": status, **extra},
    }


def test_cli_05_a_client_of_several_is_asked_once_and_the_choice_is_remembered(
    world: World, second: Chat
) -> None:
    question = writes(world, "/chat")[-1]
    assert "К какому из ваших чатов" in question
    assert {button["text"] for button in buttons(last_question())} == {"ООО «Ромашка»", "ИП Петров"}
    assert choose(world, "ИП Петров") == "Выбран чат: ИП Петров"
    assert ChosenChat.objects.get().chat == second
    edit = OutgoingMessage.objects.get(method="editMessageText")
    assert "<b>ИП Петров</b>" in edit.payload["text"]
    assert "reply_markup" not in edit.payload


def test_cli_05_the_choice_can_be_changed(world: World, second: Chat) -> None:
    writes(world, "/chat")
    choose(world, "ИП Петров")
    assert "ИП Петров" in writes(world, "🏢 Мой чат")[-1]
    choose(world, "ООО «Ромашка»")
    assert ChosenChat.objects.get().chat == world.chat


def test_cli_05_one_group_needs_no_question(world: World) -> None:
    speaks_in(world, world.chat)
    assert "<b>ООО «Ромашка»</b>" in writes(world, "/chat")[-1]
    assert not ChosenChat.objects.exists()


def test_cli_05_who_has_no_group_reads_what_to_do(world: World) -> None:
    assert "Напишите что-нибудь в группе" in writes(world, "/chat", who=990)[-1]


@pytest.mark.parametrize("change", [{"is_monitored": False}, {"life_cycle": "left"}, {"kind": "private"}])
def test_cli_05_only_chats_that_are_looked_after_are_offered(
    world: World, second: Chat, change: dict[str, Any]
) -> None:
    Chat.objects.filter(pk=second.pk).update(**change)
    assert chats_of_client(CLIENT_ID) == [world.chat]


@pytest.mark.parametrize("status", ["left", "kicked"])
def test_cli_05_a_chat_that_the_person_has_left_is_not_offered(
    world: World, second: Chat, status: str
) -> None:
    world.receive(chat_member=member(second, CLIENT_ID, status, TEN + minutes(1)))
    world.receive(chat_member=member(second, CLIENT_ID, "member", TEN))  # older news, delivered later
    assert chats_of_client(CLIENT_ID) == [world.chat]


def test_cli_05_who_left_and_writes_again_is_back(world: World, second: Chat) -> None:
    world.receive(chat_member=member(second, CLIENT_ID, "left", TEN - minutes(1)))
    assert second in chats_of_client(CLIENT_ID)


def test_cli_05_who_came_but_has_not_written_yet_is_known(world: World) -> None:
    world.receive(chat_member=member(world.chat, 555, "member", TEN))
    assert chats_of_client(555) == [world.chat]


def test_cli_05_the_message_that_somebody_came_or_left_counts_too(world: World) -> None:
    group, guest = telegram.group(CHAT_ID), telegram.person(556)
    came = telegram.message(group, guest, TEN, new_chat_members=[guest])
    world.receive(message=came)
    assert chats_of_client(556) == [world.chat]
    left = telegram.message(group, guest, TEN + minutes(1), left_chat_member=guest)
    world.receive(message=left)
    assert chats_of_client(556) == []


def test_cli_05_a_chosen_chat_that_was_left_is_asked_for_anew(world: World, second: Chat) -> None:
    third = _other_chat(world, 2, "Третий")
    speaks_in(world, third)
    writes(world, "/chat")
    choose(world, "ИП Петров")
    world.receive(chat_member=member(second, CLIENT_ID, "left", TEN + minutes(40)))
    assert "К какому из ваших чатов" in writes(world, "/chat")[-1]


def test_cli_05_a_button_of_a_chat_that_was_left_is_refused(world: World, second: Chat) -> None:
    writes(world, "/chat")
    world.receive(chat_member=member(second, CLIENT_ID, "left", TEN + minutes(1)))
    assert "больше нет" in choose(world, "ИП Петров")
    assert not ChosenChat.objects.exists()


def test_sec_11_somebody_elses_button_chooses_nothing(world: World, second: Chat) -> None:
    writes(world, "/chat")
    world.all_sent()
    assert "больше нет" in world.presses(990, "ИП Петров", last_question())


def test_cli_05_staff_have_no_such_choice(world: World, second: Chat) -> None:
    writes(world, "/chat", who=601)
    assert "/queue" in world.texts_to(world.accountant)[-1]


def test_cli_05_what_was_pressed_goes_on_when_the_chat_is_chosen(
    world: World, second: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, Chat]] = []
    monkeypatch.setattr(choosing, "ORDERS", {})

    @choosing.for_chosen_chat
    def order(update: Any, chat: Chat) -> None:
        done.append((update.effective_message.text, chat))

    for text in ("первое", "второе"):
        at = TEN + minutes(30)
        made = telegram.message(telegram.private(CLIENT_ID), telegram.person(CLIENT_ID), at, text)
        order(Update.de_json(telegram.update(message=made), None))
    assert done == []
    assert len(said(world)) == 1  # asked once
    choose(world, "ИП Петров")
    assert done == [("первое", second), ("второе", second)]
    assert not WaitingOrder.objects.exists()
    assert not world.failed()


def test_cli_05_the_group_becomes_a_supergroup(world: World, second: Chat) -> None:
    writes(world, "/chat")
    choose(world, "ИП Петров")
    new_id = -1009999
    moved = telegram.message(
        telegram.group(second.telegram_id), telegram.person(CLIENT_ID), TEN, migrate_to_chat_id=new_id
    )
    world.receive(message=moved)
    second.refresh_from_db()
    assert second.telegram_id == new_id
    assert ChosenChat.objects.get().chat == second
