"""Each of the staff sees the commands of the role in Telegram's menu (BOT-08, STF-02)."""

import pytest

from bot.menus import Menus
from buhbot.models import Role, User
from simulator.client import Simulator
from tests.flows.world import staff


@pytest.fixture
def anna(db: None, sim: Simulator) -> User:
    sim.clear_calls()
    return staff("Анна", telegram_id=601)


def shown(sim: Simulator) -> list[dict[str, str]]:
    """The menus that were set, as names and descriptions, by Telegram's own record."""
    return [
        {command["command"]: command["description"] for command in call["params"]["commands"]}
        for call in sim.calls("setMyCommands")
    ]


def test_bot_08_a_linked_person_sees_the_commands_of_the_role(sim: Simulator, anna: User) -> None:
    assert Menus().show() == 1
    (menu,) = shown(sim)
    assert menu["queue"] == "Кто ждёт моего ответа, по срокам"
    assert "team" not in menu
    assert sim.calls("setMyCommands")[0]["params"]["scope"] == {"type": "chat", "chat_id": 601}


def test_bot_08_it_is_told_once_and_again_when_the_role_changes(sim: Simulator, anna: User) -> None:
    menus = Menus()
    assert [menus.show(), menus.show()] == [1, 0]
    User.objects.filter(pk=anna.pk).update(role=Role.MANAGER)
    assert menus.show() == 1
    assert "team" in shown(sim)[-1]


def test_bot_08_who_links_another_account_sees_it_there(sim: Simulator, anna: User) -> None:
    menus = Menus()
    menus.show()
    User.objects.filter(pk=anna.pk).update(telegram_id=602)
    assert menus.show() == 1


def test_bot_08_where_telegram_refuses_others_see_theirs(sim: Simulator, anna: User) -> None:
    staff("Борис", telegram_id=602)
    sim.fault("http500", methods=["setMyCommands"], count=1)
    menus = Menus()
    assert menus.show() == 1
    assert menus.show() == 0  # not asked again at once
    assert Menus().show() == 1


def test_bot_08_who_is_not_linked_has_no_menu(sim: Simulator, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(telegram_id=None)
    assert Menus().show() == 0
