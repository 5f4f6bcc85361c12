"""A client asks for the accountant by the button of the menu (CLI-03)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.models import OutgoingMessage
from buhbot.models import Assignment, Message, User
from sla.models import Alert, RequestEvent
from tests.flows.clients import last, open_menu, press
from tests.flows.test_private import TEN, private, to_client
from tests.flows.test_which_chat import choose, member
from tests.flows.world import CLIENT_ID, World, _other_chat, minutes

BUTTON = "📞 Связаться с бухгалтером"
NIGHT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)  # 23:00 in Moscow


@pytest.fixture(autouse=True)
def _known(world: World) -> None:
    """The client is a member of the group."""
    world.receive(chat_member=member(world.chat, CLIENT_ID, "member", TEN - minutes(60)))


def calls(world: World, at: datetime = TEN, who: int = CLIENT_ID, **fields: Any) -> str:
    """The client presses the button; return what they read."""
    private(world, who, BUTTON, at, **fields)
    return str(to_client(who)[-1].payload["text"])


def alerts(world: World, person: User, now: datetime) -> list[str]:
    world.passes(now)
    return world.alerts_to(person)


def test_cli_03_it_opens_a_request_with_a_marked_reason(world: World) -> None:
    told = calls(world)
    request = world.request()
    assert f"№ {request.pk}" in told
    assert (request.wish, request.origin, request.opened_at) == ("Связаться с бухгалтером", "private", TEN)
    assert RequestEvent.objects.filter(request=request, kind="called", at=TEN).exists()


@pytest.mark.parametrize("at", [TEN, NIGHT])
def test_cli_03_the_accountant_is_alerted_at_once_whatever_the_hour(world: World, at: datetime) -> None:
    calls(world, at)
    (text,) = alerts(world, world.accountant, at)
    assert "Клиент просит бухгалтера" in text
    assert alerts(world, world.manager, at) == []


def test_cli_03_at_most_once_a_minute_a_person(world: World) -> None:
    calls(world)
    assert "только что" in calls(world, TEN + minutes(0.5))
    assert Alert.objects.count() == Message.objects.count() == 1
    assert "уже знает" in calls(world, TEN + minutes(1))
    assert Alert.objects.count() == 2
    world.receive(chat_member=member(world.chat, 777, "member", TEN))
    assert "уже знает" in calls(world, TEN + minutes(1), who=777)


def test_cli_03_in_an_open_request_it_is_marked_and_told_too(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    calls(world, TEN + minutes(5))
    request = world.request()
    assert (request.wish, request.opened_at, request.origin) == ("Связаться с бухгалтером", TEN, "chat")
    assert len(alerts(world, world.accountant, TEN + minutes(5))) == 1


def test_cli_03_a_call_moves_no_timer_and_is_no_level(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    due = world.request().due_at
    calls(world, TEN + minutes(5))
    world.passes(TEN + minutes(61))
    request = world.request()
    assert (request.due_at, request.level) == (due, 1)
    assert sorted(Alert.objects.values_list("kind", flat=True)) == ["breach", "call"]


def test_stf_06_a_call_heeds_no_switch(world: World) -> None:
    User.objects.update(wants_warnings=False, wants_breaches=False)
    calls(world)
    assert len(alerts(world, world.accountant, TEN)) == 1


def test_cli_03_without_an_accountant_the_manager_is_told(world: World) -> None:
    Assignment.objects.filter(duty="accountant").delete()
    calls(world)
    assert len(alerts(world, world.manager, TEN)) == 1


def test_cli_03_an_answer_edits_the_alert(world: World) -> None:
    calls(world)
    world.passes(TEN)
    world.all_sent()
    world.says(world.accountant, "Слушаю вас", TEN + minutes(3))
    world.passes(TEN + minutes(3))
    edit = OutgoingMessage.objects.get(recipient=world.accountant, method="editMessageText")
    assert "✅" in edit.payload["text"]


def test_cli_03_a_repeated_update_calls_once(world: World) -> None:
    pressed = private(world, CLIENT_ID, BUTTON, TEN)
    world.receive(message=pressed)
    assert (Alert.objects.count(), len(to_client())) == (1, 1)


def test_cli_05_the_press_is_not_lost_while_the_client_is_asked_which_chat(world: World) -> None:
    chat = _other_chat(world, 1, "ИП Петров")
    world.receive(chat_member=member(chat, CLIENT_ID, "member", TEN - minutes(60)))
    assert "К какому из ваших чатов" in calls(world)
    choose(world, "ИП Петров")
    assert world.request().chat == chat
    assert "ИП Петров" in to_client()[-1].payload["text"]


def test_cli_03_staff_call_nobody(world: World) -> None:
    private(world, 601, BUTTON, TEN)
    assert not Alert.objects.exists()
    assert "/queue" in world.texts_to(world.accountant)[-1]


def test_cli_03_the_menu_of_the_group_has_the_button_too(world: World) -> None:
    menu = open_menu(world)
    assert press(world, menu, BUTTON, TEN + minutes(1)) == ""
    request = world.request()
    assert (request.wish, request.origin, request.opened_at) == (
        "Связаться с бухгалтером",
        "chat",
        TEN + minutes(1),
    )
    assert f"№ {request.pk}" in last(world.chat).payload["text"]
    assert len(alerts(world, world.accountant, TEN + minutes(1))) == 1
    assert "только что" in press(world, menu, BUTTON, TEN + minutes(1.5))
    assert Alert.objects.count() == 1


def test_sec_11_staff_press_it_in_the_group_in_vain(world: World) -> None:
    press(world, open_menu(world), BUTTON, TEN + minutes(1), who=world.accountant)
    assert not Alert.objects.exists()
