"""Presses where others may press too: twice, in the team chat, when nothing is left to put off (ALR-04, ALR-05)."""

from datetime import UTC, datetime

import pytest
import time_machine

from bot.announcer import announce
from bot.models import OutgoingMessage
from buhbot.models import Chat, User
from sla import services
from sla.models import RequestEvent
from tests.flows import telegram
from tests.flows.world import World, buttons, make_team_chat, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
DUE = TEN + minutes(60)


@pytest.fixture
def breached(world: World) -> World:
    world.client_says("Когда будет акт?", TEN)
    world.passes(DUE)
    return world


@pytest.fixture
def team(world: World) -> Chat:
    return make_team_chat(world)


def names(message: OutgoingMessage) -> list[str]:
    return [button["text"] for button in buttons(message)]


def presses_in(world: World, chat: Chat, who: User, button: str) -> str:
    """Press a button under the first message of the team chat; return the toast."""
    message = world.sent_to(chat)[0]
    said = telegram.message(
        telegram.group(chat.telegram_id), telegram.person(1, is_bot=True), DUE, "…", message_id=5
    )
    query = {"id": "q", "from": telegram.person(who.telegram_id or 0), "chat_instance": "1", "message": said}
    data = next(b["callback_data"] for b in buttons(message) if b["text"] == button)
    world.receive(callback_query=query | {"data": data})
    return str(OutgoingMessage.objects.get(payload__callback_query_id="q").payload["text"])


def test_alr_04_taking_it_twice_holds_it_no_longer(breached: World) -> None:
    for shift in (10, 40):
        services.acknowledge(breached.request().pk, actor=breached.manager, now=DUE + minutes(shift))
    assert breached.request().next_escalation_at == DUE + minutes(70)
    assert RequestEvent.objects.filter(kind="acknowledged").count() == 1


def test_alr_04_somebody_else_may_take_it_over(breached: World) -> None:
    for who, shift in ((breached.manager, 10), (breached.accountant, 40)):
        services.acknowledge(breached.request().pk, actor=who, now=DUE + minutes(shift))
    request = breached.request()
    assert (request.acknowledged_by, request.next_escalation_at) == (breached.accountant, DUE + minutes(100))


def test_alr_04_at_the_last_level_nothing_is_left_to_put_off(breached: World) -> None:
    first = breached.sent_to(breached.manager)[0]
    breached.passes(DUE + minutes(120))
    assert "💤 1 ч" not in names(breached.sent_to(breached.manager)[-1])
    assert "💤 1 ч" in names(first)
    with time_machine.travel(DUE + minutes(121), tick=False):
        assert (
            breached.presses(breached.manager, "💤 1 ч", first)
            == "Это оповещение последнее, откладывать нечего"
        )
    assert breached.request().snoozed_until is None


def test_alr_04_in_the_team_chat_only_who_may_act_does(team: Chat, breached: World) -> None:
    assert presses_in(breached, team, staff("Ольга", telegram_id=610), "Беру").startswith("У вас нет прав")
    assert breached.request().acknowledged_by is None


def test_alr_05_the_team_chat_reads_what_became_of_it(team: Chat, breached: World) -> None:
    breached.all_sent()
    assert presses_in(breached, team, breached.manager, "Беру") == "Запрос теперь ваш"
    announce(DUE + minutes(1))
    assert "В работе: <b>Михаил</b>" in breached.texts_to(team)[-1]
    breached.says(breached.accountant, "Готово", DUE + minutes(5))
    announce(DUE + minutes(6))
    edit = breached.sent_to(team)[-1]
    assert (edit.method, names(edit)) == ("editMessageText", ["Открыть чат"])
    assert "✅" in edit.payload["text"]


@pytest.mark.parametrize(
    ("asked", "moments"),
    [
        ("2026-11-24T17:30", ("2026-11-25T09:18", "2026-11-25T09:30", "2026-11-25T10:00")),
        ("2026-11-27T16:59", ("2026-11-27T17:47", "2026-11-27T17:59", "2026-11-30T09:29")),  # over a weekend
    ],
)
def test_alr_07_every_alert_falls_into_working_hours(
    world: World, asked: str, moments: tuple[str, ...]
) -> None:
    expected = [datetime.fromisoformat(f"{at}+03:00") for at in moments]
    world.client_says("Где акт?", datetime.fromisoformat(f"{asked}+03:00"))
    for told, at in enumerate(expected):
        world.passes(at - minutes(1))
        assert len(world.levels()) == told
        world.passes(at)
    assert list(world.request().alerts.order_by("level").values_list("instant", flat=True)) == expected
