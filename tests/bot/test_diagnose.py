"""What is wrong with a chat: `/diagnose`, against a Bot API that answers (CHT-05)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from bot.diagnosing import answer_diagnoses
from bot.models import Diagnosis, OutgoingMessage
from buhbot.models import Assignment, Chat, Role, User
from simulator.client import Simulator
from tests.flows import telegram
from tests.flows.test_absences import away
from tests.flows.world import CHAT_ID, CLIENT_ID, World, build, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
OWNER_ID = 700


@pytest.fixture
def world(db: None, no_flood: None, sim: Simulator) -> World:
    """The client's group is at Telegram too; its owner is a client."""
    for person_id in (CLIENT_ID, OWNER_ID, 601, 602, 640, 620):
        sim.person(id=person_id)
    sim.group(members=[OWNER_ID, CLIENT_ID, 601], id=CHAT_ID, quiet=True, bot="administrator")
    return build()


def diagnose(world: World, who: User | int, **fields: Any) -> None:
    world.says(who, "/diagnose", TEN, **fields)
    with time_machine.travel(TEN, tick=False):
        answer_diagnoses(TEN)


def told(world: World, who: User | Chat) -> str:
    return world.texts_to(who)[-1]


def test_cht_05_staff_read_in_private_how_the_chat_stands(world: World) -> None:
    diagnose(world, world.accountant)
    text = told(world, world.accountant)
    for part in (
        "администратор",
        "отслеживается",
        "Бухгалтеры: Анна",
        "Анна, Михаил",
        "60 рабочих мин",
        "10:00",
    ):
        assert part in text
    assert "Всё в порядке" in text
    assert "⚠️" not in text
    sent = OutgoingMessage.objects.filter(chat=world.chat)
    assert list(sent.values_list("method", flat=True)) == ["deleteMessage"]


def test_cht_05_privacy_mode_is_named(world: World, sim: Simulator) -> None:
    sim.member(CHAT_ID, "bot", "member")
    sim.bot(reads_all_messages=False)
    diagnose(world, world.manager)
    assert "⚠️ Режим приватности включён" in told(world, world.manager)
    assert "Исправить: 1" in told(world, world.manager)


def test_cht_05_a_bot_without_privacy_mode_hears_everything(world: World, sim: Simulator) -> None:
    sim.member(CHAT_ID, "bot", "member")
    sim.bot(reads_all_messages=True)
    diagnose(world, world.manager)
    assert "✅ Режим приватности выключен" in told(world, world.manager)


def test_cht_05_what_is_missing_is_named(world: World) -> None:
    Chat.objects.update(is_monitored=False)
    Assignment.objects.filter(duty="accountant").delete()
    diagnose(world, world.manager)
    for part in ("не отслеживается", "не назначен бухгалтер", "⚠️ Бухгалтеры: —"):
        assert part in told(world, world.manager)


def test_cht_05_nobody_on_duty_is_named(world: World) -> None:
    today = datetime.now(tz=UTC).date()
    away(world.accountant, None, first=date(2026, 11, 24), last=max(today, date(2026, 11, 24)))
    diagnose(world, world.manager)
    assert "⚠️ Все бухгалтеры отсутствуют" in told(world, world.manager)


def test_cht_05_without_telegram_staff_read_what_we_know(world: World, sim: Simulator) -> None:
    sim.fault("http500", methods=["getMe"])
    diagnose(world, world.manager)
    assert "Telegram не отвечает" in told(world, world.manager)
    assert "Бухгалтеры: Анна" in told(world, world.manager)


def test_cht_05_an_administrator_of_the_group_reads_of_the_bot_alone(world: World) -> None:
    diagnose(world, OWNER_ID)
    text = told(world, world.chat)
    assert "администратор" in text
    for secret in ("Анна", "Михаил", "Политика", "отслеживается"):
        assert secret not in text


def test_cht_05_in_private_where_the_bot_may_write(world: World) -> None:
    world.receive(
        message=telegram.message(telegram.private(OWNER_ID), telegram.person(OWNER_ID), TEN, "/start")
    )
    diagnose(world, OWNER_ID)
    assert "администратор" in told(world, Chat.objects.get(telegram_id=OWNER_ID))
    assert world.texts_to(world.chat) == []


def test_cht_05_an_anonymous_administrator_is_one(world: World) -> None:
    fields = {"sender_chat": telegram.group(CHAT_ID)}
    diagnose(world, telegram.GROUP_ANONYMOUS_BOT["id"], **fields)  # type: ignore[arg-type]
    assert "администратор" in told(world, world.chat)


def test_cht_05_other_clients_get_no_answer(world: World) -> None:
    diagnose(world, CLIENT_ID)
    assert world.texts_to(world.chat) == []
    assert Diagnosis.objects.get().answered_at == TEN


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.OBSERVER])
def test_cht_05_staff_who_may_not_see_the_chat_are_refused(world: World, role: str) -> None:
    other = staff("Борис", role, 620)
    diagnose(world, other)
    assert "Анна" not in told(world, other)
    assert "не ведёте" in told(world, other)


def test_cht_05_each_question_is_answered_once(world: World) -> None:
    diagnose(world, world.manager)
    assert answer_diagnoses(TEN) == 0


def test_cht_05_who_asked_and_left_the_firm_keeps_nobody_waiting(world: World) -> None:
    world.says(world.manager, "/diagnose", TEN)
    User.objects.filter(pk=world.manager.pk).update(is_active=False)
    diagnose(world, world.accountant)
    assert "Всё в порядке" in told(world, world.accountant)
    assert world.texts_to(world.manager) == []
    assert not Diagnosis.objects.filter(answered_at=None).exists()


def test_cht_05_a_group_that_became_the_teams_is_told_nothing_of_clients(world: World) -> None:
    world.says(OWNER_ID, "/diagnose", TEN)
    Chat.objects.filter(pk=world.chat.pk).update(is_team=True, is_monitored=False)
    assert answer_diagnoses(TEN) == 1
    assert world.texts_to(world.chat) == []
