"""A group of a client is bound by a one-time invitation (CHT-03)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from bot.models import BotAccount, OutgoingMessage
from buhbot.models import Chat, Role, User
from sla.models import Invitation, Policy
from sla.services import create_invitation
from tests.flows import telegram
from tests.flows.test_absence_command import write
from tests.flows.world import World, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
GROUP = -1007000000001
SOON = TEN + timedelta(minutes=1)


def invite(world: World, hours: int = 72, **fields: Any) -> str:
    given = {"client_name": "ООО «Лютик»", "accountant": world.accountant, "created_by": world.manager}
    return create_invitation(Invitation(**given | fields), hours=hours, now=TEN)


def send(world: World, who: User | int, text: str, at: datetime = SOON, **fields: Any) -> None:
    """Somebody writes in the new group."""
    person_id = who if isinstance(who, int) else who.telegram_id or 0
    group = telegram.group(GROUP, "Лютик и бухгалтерия")
    message = telegram.message(group, telegram.person(person_id), at, text, **fields)
    with time_machine.travel(at, tick=False):
        world.receive(message=message)


def group() -> Chat:
    return Chat.objects.get(telegram_id=GROUP)


def told(world: World, who: User) -> str:
    return world.texts_to(who)[-1]


@pytest.mark.parametrize("command", ["/start@bot", "/connect"])
def test_cht_03_the_link_binds_the_group_and_the_watch_begins(world: World, command: str) -> None:
    policy = Policy.objects.create(name="Срочный", target_minutes=15)
    send(world, world.manager, f"{command} {invite(world, policy=policy)}")
    chat = group()
    assert (chat.client_name, chat.is_monitored) == ("ООО «Лютик»", True)
    assert chat.assignments.get().user == world.accountant
    assert chat.assignments.get().is_primary
    for part in ("ООО «Лютик»", "Анна", "Срочный", "отслеживается"):
        assert part in told(world, world.manager)
    used = Invitation.objects.get()
    assert (used.chat, used.used_by, used.used_at) == (chat, world.manager, TEN + minutes(1))


def test_cht_03_what_clients_write_is_timed_by_the_policy_of_the_invitation(world: World) -> None:
    policy = Policy.objects.create(name="Срочный", target_minutes=15)
    send(world, world.manager, f"/connect {invite(world, policy=policy)}")
    send(world, 900, "Когда будет готов акт?", TEN + minutes(10))
    request = group().requests.get()
    assert request.due_at == TEN + minutes(25)


def test_cht_03_the_token_is_taken_out_of_the_chat_and_the_group_reads_nothing(world: World) -> None:
    send(world, world.accountant, f"/connect {invite(world)}")
    sent = OutgoingMessage.objects.filter(chat=group())
    assert list(sent.values_list("method", flat=True)) == ["deleteMessage"]


def test_cht_03_the_accountant_whom_it_names_may_use_it_and_the_inviter_hears_of_it(world: World) -> None:
    send(world, world.accountant, f"/connect {invite(world)}")
    assert group().is_monitored
    assert "отслеживается" in told(world, world.accountant)
    assert "отслеживается" in told(world, world.manager)


def test_cht_03_what_is_missing_is_said_in_private(world: World) -> None:
    send(world, world.manager, f"/connect {invite(world, accountant=None)}")
    assert not group().is_monitored
    assert group().client_name == "ООО «Лютик»"
    assert "не назначен бухгалтер" in told(world, world.manager)
    assert f"/admin/buhbot/chat/{group().pk}/change/" in told(world, world.manager)


def test_cht_03_it_works_once(world: World) -> None:
    token = invite(world)
    send(world, world.manager, f"/connect {token}")
    Chat.objects.filter(telegram_id=GROUP).update(is_monitored=False, client_name="Другой")
    send(world, world.manager, f"/connect {token}", TEN + minutes(2))
    assert "уже использовано" in told(world, world.manager)
    assert group().client_name == "Другой"


@pytest.mark.parametrize(("hours", "later", "is_bound"), [(1, 59, True), (1, 60, False), (720, 60, True)])
def test_cht_03_it_lives_for_the_hours_that_were_chosen(
    world: World, hours: int, later: int, is_bound: bool
) -> None:
    send(world, world.manager, f"/connect {invite(world, hours=hours)}", TEN + minutes(later))
    assert group().is_monitored is is_bound
    assert ("устарело" in told(world, world.manager)) is not is_bound


@pytest.mark.parametrize("hours", [0, 721])
def test_cht_03_hours_are_limited(world: World, hours: int) -> None:
    with pytest.raises(ValueError, match=str(hours)):
        invite(world, hours=hours)


def test_cht_03_an_unknown_token_says_so(world: World) -> None:
    send(world, world.manager, "/connect no-such-token")
    assert "неизвестно" in told(world, world.manager)


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.ACCOUNTANT])
def test_cht_03_staff_whom_it_does_not_concern_are_refused(world: World, role: str) -> None:
    other = staff("Борис", role, 620)
    send(world, other, f"/connect {invite(world)}")
    assert "для руководителей" in told(world, other)
    assert not group().is_monitored
    assert Invitation.objects.get().used_at is None


def test_cht_03_a_client_is_told_in_the_group_that_the_link_is_not_theirs(world: World) -> None:
    send(world, 900, f"/start {invite(world)}")
    assert world.texts_to(group())[-1] == "Эта ссылка — для сотрудников вашей бухгалтерии."
    assert Invitation.objects.get().used_at is None


def test_cht_03_a_clients_bare_command_is_ignored(world: World) -> None:
    send(world, 900, "/connect")
    assert not OutgoingMessage.objects.filter(chat=group()).exists()


def test_cht_03_a_chat_that_is_set_up_stays_as_it_is(world: World) -> None:
    token = invite(world)
    with time_machine.travel(SOON, tick=False):
        world.says(world.manager, f"/connect {token}", SOON)
    assert "уже настроен" in told(world, world.manager)
    assert Chat.objects.get(pk=world.chat.pk).client_name == "ООО «Ромашка»"
    assert Invitation.objects.get().used_at is None


def test_cht_03_a_plain_start_in_a_group_says_nothing(world: World) -> None:
    send(world, 900, "/start@bot")
    assert world.texts_to(group()) == []


def test_cht_03_in_private_the_line_is_sent_on_to_the_group(world: World) -> None:
    assert "в группе клиента" in write(world, world.manager, f"/connect {invite(world)}")


def test_cht_03_managers_make_invitations_in_the_bot(world: World) -> None:
    BotAccount.objects.create(telegram_id=7, username="firm_bot", checked_at=TEN)
    User.objects.filter(pk=world.accountant.pk).update(telegram_username="Anna_B")
    answer = write(world, world.manager, "/invite ООО «Лютик & Ко» @anna_b")
    found = re.search(r"https://t.me/firm_bot\?startgroup=([\w-]+)", answer)
    assert found
    assert "ООО «Лютик &amp; Ко»" in answer
    send(world, world.manager, f"/start {found[1]}")
    assert (group().client_name, group().is_monitored) == ("ООО «Лютик & Ко»", True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Напишите название клиента"),
        ("@anna", "Напишите название клиента"),
        ("Лютик @nobody", "@nobody"),
        ("Лютик", "Бухгалтер не указан"),
    ],
)
def test_cht_03_what_is_missing_from_the_command_is_said(world: World, words: str, said: str) -> None:
    assert said in write(world, world.manager, f"/invite {words}".strip())


def test_cht_03_accountants_make_none(world: World) -> None:
    assert "для руководителей" in write(world, world.accountant, "/invite Лютик")
    assert not Invitation.objects.exists()
