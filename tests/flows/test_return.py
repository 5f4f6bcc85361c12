"""A chat that the bot was removed from and still, or again, hears (CHT-04, TIM-05)."""

from datetime import UTC, datetime, timedelta

import pytest

from buhbot.models import Chat, Message
from tests.flows import telegram
from tests.flows.world import World, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
BOT = telegram.person(7000000001, "BuhBot", is_bot=True)


def membership(world: World, status: str, at: datetime) -> None:
    chat = telegram.group(world.chat.telegram_id)
    world.receive(my_chat_member=telegram.membership(chat, telegram.person(42), BOT, status, at))


@pytest.fixture
def left(world: World) -> World:
    membership(world, "left", TEN)
    return world


def test_cht_04_words_after_the_removal_show_that_the_bot_is_back(left: World) -> None:
    left.client_says("Где акт?", TEN + minutes(5))
    assert Chat.objects.get().life_cycle == "active"
    assert left.request().opened_at == TEN + minutes(5)


def test_cht_04_the_notice_of_the_removal_is_no_return(left: World) -> None:
    chat = telegram.group(left.chat.telegram_id)
    gone = telegram.message(chat, telegram.person(42), TEN + timedelta(seconds=1), left_chat_member=BOT)
    left.receive(message=gone)
    assert Chat.objects.get().life_cycle == "left"


def test_cht_04_words_from_before_the_removal_are_logged_and_change_nothing(left: World) -> None:
    left.client_says("Где акт?", TEN - minutes(5))
    assert Chat.objects.get().life_cycle == "left"
    assert Message.objects.get().text == "Где акт?"


def test_cht_04_older_news_of_the_membership_change_nothing(left: World) -> None:
    membership(left, "member", TEN - minutes(1))
    assert Chat.objects.get().life_cycle == "left"
    membership(left, "member", TEN + minutes(1))
    assert Chat.objects.get().life_cycle == "active"


def test_cht_04_a_new_title_is_followed_and_the_clients_name_stays(world: World) -> None:
    chat = telegram.group(world.chat.telegram_id, "Ромашка: новое название")
    world.receive(message=telegram.message(chat, telegram.person(42), TEN, new_chat_title=chat["title"]))
    renamed = Chat.objects.get()
    assert (renamed.title, renamed.client_name) == ("Ромашка: новое название", "ООО «Ромашка»")


def test_cht_04_back_again_with_its_settings(left: World) -> None:
    membership(left, "administrator", TEN + minutes(1))
    chat = Chat.objects.get()
    assert (chat.life_cycle, chat.is_monitored, chat.assignments.count()) == ("active", True, 2)


@pytest.mark.parametrize(("status", "life_cycle"), [("kicked", "left"), ("member", "active")])
def test_cht_04_a_client_who_blocks_the_bot_has_left(world: World, status: str, life_cycle: str) -> None:
    chat, person = telegram.private(900), telegram.person(900)
    world.receive(message=telegram.message(chat, person, TEN, "/start"))
    world.receive(my_chat_member=telegram.membership(chat, person, BOT, status, TEN + minutes(1)))
    assert Chat.objects.get(telegram_id=900).life_cycle == life_cycle


def test_cht_04_new_rights_of_the_bot_do_not_end_a_pause(world: World) -> None:
    Chat.objects.update(life_cycle="paused")
    membership(world, "administrator", TEN)
    assert Chat.objects.get().life_cycle == "paused"
    membership(world, "left", TEN + minutes(1))
    membership(world, "member", TEN + minutes(2))
    assert Chat.objects.get().life_cycle == "active"
