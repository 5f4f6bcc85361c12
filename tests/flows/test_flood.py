"""Who sends too many commands or presses is not answered for a minute; nothing is lost (BOT-06)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from redis import RedisError

from bot.models import OutgoingMessage
from buhbot.models import Chat
from tests.flows import telegram
from tests.flows.world import CLIENT_ID, World, ask_elsewhere, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
SECOND = timedelta(seconds=1)


def send(world: World, text: str, at: datetime, person_id: int = 601) -> None:
    message = telegram.message(telegram.private(person_id), telegram.person(person_id), at, text)
    with time_machine.travel(at, tick=False):
        world.receive(message=message)


def flood(world: World, count: int = 31) -> None:
    for number in range(count):
        send(world, "/whoami", TEN + number * SECOND)


def test_bot_06_the_thirty_first_command_of_a_minute_is_not_answered(world: World) -> None:
    flood(world, 40)
    assert len(world.texts_to(world.accountant)) == 30


def test_bot_06_after_a_minute_the_person_is_answered_again(world: World) -> None:
    flood(world)
    send(world, "/whoami", TEN + 31 * SECOND)
    cache.delete("flood:silent:601")  # Redis forgets it after 60 s of its own clock
    send(world, "/whoami", TEN + 100 * SECOND)
    assert len(world.texts_to(world.accountant)) == 31


def test_bot_06_thirty_a_minute_for_hours_are_answered(world: World) -> None:
    for number in range(45):
        send(world, "/whoami", TEN + number * 2 * SECOND)
    assert len(world.texts_to(world.accountant)) == 45


def test_bot_06_others_are_answered(world: World) -> None:
    flood(world)
    send(world, "/whoami", TEN + 31 * SECOND, person_id=602)
    assert len(world.texts_to(world.manager)) == 1


def test_bot_06_hidden_administrators_of_another_group_are_answered(world: World) -> None:
    def ask(chat_id: int, at: datetime) -> None:
        group = telegram.group(chat_id)
        hidden = telegram.message(group, telegram.GROUP_ANONYMOUS_BOT, at, "/status", sender_chat=group)
        with time_machine.travel(at, tick=False):
            world.receive(message=hidden)

    ask_elsewhere(world, TEN, chats=1)
    other = Chat.objects.get(title="Клиент 1")
    for number in range(31):
        ask(world.chat.telegram_id, TEN + number * SECOND)
    ask(other.telegram_id, TEN + 31 * SECOND)
    assert (len(world.texts_to(world.chat)), len(world.texts_to(other))) == (30, 1)


def test_bot_06_presses_count_too_and_change_nothing_then(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(61))
    world.all_sent()
    alert = next(message for message in world.sent_to(world.accountant) if message.alerts.exists())
    at = TEN + minutes(62)
    for number in range(30):
        send(world, "/whoami", at + number * SECOND)
    with time_machine.travel(at + 30 * SECOND, tick=False), pytest.raises(OutgoingMessage.DoesNotExist):
        world.presses(world.accountant, "Решено", alert)
    assert world.request().is_open


def test_bot_06_words_and_commands_of_clients_are_logged_and_timed(world: World) -> None:
    for number in range(35):
        send(world, "/start", TEN + number * SECOND, person_id=CLIENT_ID)
    with time_machine.travel(TEN + 40 * SECOND, tick=False):
        world.client_says("/request Где акт?", TEN + 40 * SECOND)
        world.client_says("Когда будет акт?", TEN + 41 * SECOND)
    assert world.chat.messages.count() == 2
    assert world.request().is_open


def test_bot_06_a_silenced_accountants_answer_ends_the_request(world: World) -> None:
    world.client_says("Где акт?", TEN)
    flood(world)
    with time_machine.travel(TEN + 40 * SECOND, tick=False):
        world.says(world.accountant, "Готово", TEN + 40 * SECOND)
        world.says(world.accountant, "/norequest", TEN + 41 * SECOND)
    assert world.request().state == "answered"


def test_bot_06_a_silenced_accountants_command_is_taken_out_of_the_clients_chat(world: World) -> None:
    flood(world)
    with time_machine.travel(TEN + 40 * SECOND, tick=False):
        command = world.says(world.accountant, "/norequest", TEN + 40 * SECOND)
    (deletion,) = world.sent_to(world.chat)
    assert (deletion.method, deletion.payload["message_id"]) == ("deleteMessage", command["message_id"])


def test_bot_06_without_redis_everybody_is_answered(world: World, settings: Any) -> None:
    location = "redis://127.0.0.1:9/0"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": location}}
    with pytest.raises(RedisError):
        cache.get("anything")
    flood(world, 40)
    assert len(world.texts_to(world.accountant)) == 40


def test_bot_06_buttons_of_the_keyboard_are_presses(world: World) -> None:
    for number in range(35):
        send(world, "🔒 Мои данные", TEN + number * SECOND, person_id=CLIENT_ID)
    assert OutgoingMessage.objects.filter(chat__telegram_id=CLIENT_ID).count() == 30
