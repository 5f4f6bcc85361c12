"""RUN-02: 429 with `retry_after`, as Telegram limits sending."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from simulator.client import Simulator
from simulator.limits import Limits
from simulator.tests.conftest import Run


def test_a_private_chat_takes_a_burst_and_then_one_a_second() -> None:
    limits = Limits()
    assert [limits.take(1, is_private=True, now=100.0) for _ in range(4)] == [0, 0, 0, 1]
    assert limits.take(1, is_private=True, now=101.0) == 0
    assert limits.take(1, is_private=True, now=101.5) == 1


def test_a_group_takes_20_in_a_sliding_minute() -> None:
    limits = Limits()
    assert all(limits.take(-1, is_private=False, now=100.0 + at) == 0 for at in range(20))
    assert limits.take(-1, is_private=False, now=130.0) == 30
    assert limits.take(-1, is_private=False, now=160.0) == 0
    assert limits.refused == {"group": 1}


def test_all_chats_together_take_30_a_second() -> None:
    limits = Limits()
    assert all(limits.take(chat, is_private=True, now=100.0) == 0 for chat in range(30))
    assert limits.take(99, is_private=True, now=100.5) == 1
    assert limits.take(99, is_private=True, now=101.0) == 0


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
def test_the_bot_is_told_to_wait_and_the_refusals_are_counted(sim: Simulator, run: Run) -> None:
    group = sim.group(members=[sim.person()])

    async def flood(bot: Bot) -> None:
        for number in range(21):
            await bot.send_message(group, f"{number}")

    with pytest.raises(RetryAfter):
        run(flood)
    [refused] = [call for call in sim.calls("sendMessage") if not call["ok"]]
    assert refused["error_code"] == 429
    assert 55 <= refused["parameters"]["retry_after"] <= 60
    assert sim.limits()["refused"] == {"group": 1, "total": 1}
    assert len(sim.texts(group)) == 20


def test_limits_can_be_switched_off(sim: Simulator, run: Run) -> None:
    sim.limits(enabled=False)
    person = sim.person(started=True)

    async def flood(bot: Bot) -> None:
        for number in range(40):
            await bot.send_message(person, f"{number}")

    run(flood)
    assert len(sim.texts(person)) == 40
