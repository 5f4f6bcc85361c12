"""What the bot is in a group is asked of Telegram where it is not known (CHT-05, ADM-04)."""

from datetime import UTC, datetime

import pytest

from bot.diagnosing import answer_diagnoses
from bot.models import OutgoingMessage
from bot.rights import MOST_A_MINUTE, Rights
from buhbot.models import Chat
from simulator.client import Simulator
from tests.bot.rows import make_chat
from tests.flows.world import CHAT_ID, World, build

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


@pytest.fixture
def world(db: None, no_flood: None, sim: Simulator) -> World:
    sim.group(members=[], id=CHAT_ID, quiet=True, bot="administrator")
    sim.clear_calls()
    return build()


def known(world: World) -> bool | None:
    world.chat.refresh_from_db()
    return world.chat.is_bot_admin


def test_cht_05_unknown_rights_are_asked_once(world: World, sim: Simulator) -> None:
    rights = Rights()
    assert [rights.look(TEN), rights.look(TEN)] == [1, 0]
    assert known(world) is True
    assert len(sim.calls("getChatMember")) == 1


def test_cht_05_a_plain_member_is_known_as_such(world: World, sim: Simulator) -> None:
    sim.member(CHAT_ID, "bot", "member")
    Rights().look(TEN)
    assert known(world) is False


def test_cht_05_where_telegram_refuses_it_waits(world: World, sim: Simulator) -> None:
    sim.fault("http500", methods=["getChatMember"], count=1)
    rights = Rights()
    assert [rights.look(TEN), rights.look(TEN)] == [0, 0]
    assert known(world) is None
    assert Rights().look(TEN) == 1


def test_cht_04_a_group_that_the_bot_has_left_is_known_as_left(world: World, sim: Simulator) -> None:
    world.client_says("Где акт?", TEN)
    sim.member(CHAT_ID, "bot", "kicked")
    Rights().look(TEN)
    assert (known(world), world.chat.life_cycle, world.request().state) == (False, "left", "cancelled")
    assert OutgoingMessage.objects.filter(recipient=world.admin).exists()


def test_cht_05_only_so_many_a_minute_and_no_private_chats(world: World, sim: Simulator) -> None:
    for number in range(MOST_A_MINUTE + 3):
        make_chat(sim.group(members=[], bot="member", quiet=True), title=f"Группа {number}")
    Chat.objects.filter(pk=world.chat.pk).update(kind="private")
    rights = Rights()
    assert rights.look(TEN) == MOST_A_MINUTE
    assert rights.look(TEN) == 0
    assert Chat.objects.filter(is_bot_admin=None).exclude(kind="private").count() == 3


def test_cht_05_diagnose_notes_what_it_saw(world: World) -> None:
    world.says(world.accountant, "/diagnose", TEN)
    answer_diagnoses(TEN)
    assert known(world) is True
