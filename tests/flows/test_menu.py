"""Clients in private: greeting, menu, what is stored, the end of surveys (CLI-01, CLI-09)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.models import OutgoingMessage
from buhbot.models import Chat, SurveyOptOut
from tests.flows import telegram
from tests.flows.test_absence_command import write
from tests.flows.world import World

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
CLIENT = 900


def send(world: World, text: str) -> OutgoingMessage:
    """A client writes in private; return the answer."""
    message = telegram.message(telegram.private(CLIENT), telegram.person(CLIENT), TEN, text)
    world.receive(message=message)
    return world.sent_to(Chat.objects.get(telegram_id=CLIENT))[-1]


@pytest.mark.parametrize("command", ["/start", "/menu", "/help"])
def test_cli_01_the_menu_comes_with_a_keyboard_that_stays(world: World, command: str) -> None:
    answer = send(world, command)
    assert "/privacy" in answer.payload["text"]
    markup = answer.payload["reply_markup"]
    assert markup["is_persistent"]
    labels = {button["text"] for row in markup["keyboard"] for button in row}
    assert labels == {
        "📎 Статус документов",
        "📞 Связаться с бухгалтером",
        "🛎 Заказать услугу",
        "⚡ Заказать документ",
        "🏢 Мой чат",
        "🔒 Мои данные",
    }
    assert answer.audience == "client"


def test_cli_01_start_greets(world: World) -> None:
    assert "Здравствуйте" in send(world, "/start").payload["text"]


def test_cli_01_a_pressed_button_does_what_it_says(world: World) -> None:
    send(world, "/start")
    assert "Что мы храним" in send(world, "🔒 Мои данные").payload["text"]


@pytest.mark.parametrize("command", ["/queue", "/team", "/invite", "/absence", "/notify"])
def test_cli_01_the_menu_names_nothing_of_staff(world: World, command: str) -> None:
    assert command not in send(world, "/menu").payload["text"]


def test_cli_09_privacy_says_what_why_how_long_and_how_it_is_erased(world: World) -> None:
    text = send(world, "/privacy").payload["text"]
    for part in ("Что:", "Зачем:", "3 года", "90 дней", "Кто видит", "Удаление", "/stop"):
        assert part in text
    assert "языковая модель" not in text


def test_sec_14_privacy_says_what_is_not_erased(world: World) -> None:
    text = send(world, "/privacy").payload["text"]
    assert "в самих чатах Telegram" in text
    assert "ещё 4 недели" in text


def test_cli_09_privacy_names_the_language_model_where_one_is_asked(world: World, settings: Any) -> None:
    settings.LLM_BASE_URL = "https://llm.test"
    assert "языковая модель" in send(world, "/privacy").payload["text"]


def test_cli_09_stop_ends_surveys_for_the_person(world: World) -> None:
    assert "больше не пришлю" in send(world, "/stop").payload["text"]
    assert SurveyOptOut.objects.get().telegram_id == CLIENT
    assert "и так не присылаю" in send(world, "/stop").payload["text"]
    assert SurveyOptOut.objects.count() == 1


def test_cli_09_staff_get_no_surveys_anyway(world: World) -> None:
    assert "для клиентов" in write(world, world.accountant, "/stop")
    assert not SurveyOptOut.objects.exists()


def test_stf_02_staff_who_ask_for_the_menu_read_their_commands(world: World) -> None:
    assert "/queue" in write(world, world.accountant, "/menu")
    assert "reply_markup" not in world.sent_to(world.accountant)[-1].payload


def test_stf_05_stop_ends_broadcasts_in_private_and_says_so(world: World) -> None:
    assert "рассылок" in send(world, "/stop").payload["text"]
    private = Chat.objects.get(telegram_id=CLIENT)
    assert not private.takes_broadcasts
    private.takes_broadcasts = True
    private.save()
    assert "больше не пришлю" in send(world, "/stop").payload["text"]  # asked anew after a change of mind
    world.chat.refresh_from_db()
    assert world.chat.takes_broadcasts  # a group is not one person's
