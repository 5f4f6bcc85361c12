"""How many round trips a message costs: with Postgres far away each one counts (PERF-04, PERF-14)."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bot.announcer import announce
from bot.consumer import process_pending
from bot.models import OutgoingMessage
from buhbot.models import User
from sla.models import Request
from sla.services import fire_due
from tests.flows import telegram
from tests.flows.world import CLIENT_ID, World, ask_elsewhere, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
AROUND = 3  # the claim that finds nothing more, in a transaction of its own


def statements(world: World, who: User | int, text: str, at: datetime) -> int:
    person_id = who if isinstance(who, int) else who.telegram_id or 0
    group, person = telegram.group(world.chat.telegram_id), telegram.person(person_id)
    world.post(telegram.update(message=telegram.message(group, person, at, text)))
    with CaptureQueriesContext(connection) as captured:
        process_pending()
    return len(captured) - AROUND


def test_perf_04_a_message_costs_few_round_trips(world: World) -> None:
    world.client_says("Добрый день", TEN)  # versions of calendars are read once
    costs = {
        "opens": statements(world, CLIENT_ID, "Когда будет акт сверки?", TEN + minutes(1)),
        "joins": statements(world, CLIENT_ID, "И ещё счёт пришлите", TEN + minutes(2)),
        "answers": statements(world, world.accountant, "Готово", TEN + minutes(3)),
        "chatter": statements(world, CLIENT_ID, "ок", TEN + minutes(4)),
    }
    most = {"opens": 16, "joins": 11, "answers": 13, "chatter": 7}
    assert {what: cost for what, cost in costs.items() if cost > most[what]} == {}


def test_perf_14_an_unmonitored_chat_costs_the_claim_and_the_chat(world: World) -> None:
    world.chat.is_monitored = False
    world.chat.save()
    world.client_says("Добрый день", TEN)  # who the bot is, is read once
    assert statements(world, CLIENT_ID, "Когда будет акт?", TEN + minutes(1)) <= 4


@pytest.mark.parametrize("state", ["queued", "sent"])
def test_perf_04_what_falls_due_or_changes_together_is_told_in_few_round_trips(
    world: World, state: str
) -> None:
    ask_elsewhere(world, TEN, chats=15)
    with CaptureQueriesContext(connection) as told:
        fire_due(TEN + minutes(60))
        announce(TEN + minutes(60))
    OutgoingMessage.objects.update(state=state, telegram_message_id=5)
    Request.objects.update(notices_outdated=True)
    with CaptureQueriesContext(connection) as changed:
        announce(TEN + minutes(61))
    assert (len(told) <= 40, len(changed) <= 25) == (True, True), (len(told), len(changed))
