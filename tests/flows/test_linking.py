"""A person of the firm ties a Telegram account to the own name (STF-01)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from buhbot.models import Chat, StaffLink, User
from buhbot.services.people import create_staff_link, unlink_staff
from tests.flows import telegram
from tests.flows.world import World, staff

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def start(world: World, person_id: int, token: str = "") -> None:
    text = f"/start {token}".strip()
    message = telegram.message(telegram.private(person_id), telegram.person(person_id), NOW, text)
    world.receive(message=message)


def said_to(world: World, person_id: int) -> str:
    user = User.objects.filter(telegram_id=person_id).first()
    return world.texts_to(user or Chat.objects.get(telegram_id=person_id))[-1]


@pytest.fixture
def newcomer(db: None) -> User:
    return staff("Ольга")


def test_stf_01_pressing_the_link_stores_the_telegram_id(world: World, newcomer: User) -> None:
    start(world, 800, create_staff_link(newcomer, now=timezone.now()))
    newcomer.refresh_from_db()
    assert newcomer.telegram_id == 800
    assert "Ольга" in said_to(world, 800)


def test_stf_01_a_link_works_once(world: World, newcomer: User) -> None:
    token = create_staff_link(newcomer, now=timezone.now())
    start(world, 800, token)
    start(world, 801, token)
    assert "уже использована" in said_to(world, 801)
    assert User.objects.get(pk=newcomer.pk).telegram_id == 800


def test_stf_01_a_link_lives_seven_days(world: World, newcomer: User) -> None:
    start(world, 800, create_staff_link(newcomer, now=timezone.now() - timedelta(days=7)))
    assert "устарела" in said_to(world, 800)
    assert User.objects.get(pk=newcomer.pk).telegram_id is None


def test_stf_01_an_unknown_token_says_so(world: World) -> None:
    start(world, 800, "no-such-token")
    assert "неизвестна" in said_to(world, 800)


def test_stf_01_an_account_belongs_to_one_person(world: World, newcomer: User) -> None:
    start(world, 601, create_staff_link(newcomer, now=timezone.now()))
    assert "другому сотруднику" in said_to(world, 601)
    assert StaffLink.objects.get().used_at is None


def test_stf_01_unlinking_and_linking_again(world: World, newcomer: User) -> None:
    unlink_staff(world.accountant)
    start(world, 601, create_staff_link(newcomer, now=timezone.now()))
    assert User.objects.get(telegram_id=601) == newcomer


def test_stf_01_only_the_newest_link_works(world: World, newcomer: User) -> None:
    old = create_staff_link(newcomer, now=timezone.now())
    create_staff_link(newcomer, now=timezone.now())
    start(world, 800, old)
    assert "неизвестна" in said_to(world, 800)


def test_alr_08_a_staff_member_who_blocks_the_bot_is_known_to_be_unreachable(world: World) -> None:
    chat, bot = telegram.private(601), telegram.person(7000000001, "BuhBot", is_bot=True)
    person = telegram.person(601)
    world.receive(my_chat_member=telegram.membership(chat, person, bot, "kicked", NOW))
    world.accountant.refresh_from_db()
    assert not world.accountant.is_reachable
    world.receive(my_chat_member=telegram.membership(chat, person, bot, "member", NOW))
    world.accountant.refresh_from_db()
    assert world.accountant.is_reachable
    assert not Chat.objects.filter(telegram_id=601).exists()


def test_cli_01_a_stranger_is_greeted(world: World) -> None:
    start(world, 900)
    assert "Здравствуйте" in said_to(world, 900)


@pytest.mark.parametrize("command", ["/help", "/whoami", "просто текст"])
def test_stf_02_staff_get_an_answer_in_private(world: World, command: str) -> None:
    message = telegram.message(telegram.private(601), telegram.person(601), NOW, command)
    world.receive(message=message)
    assert len(world.texts_to(world.accountant)) == 1
    assert not Chat.objects.filter(telegram_id=601).exists()


def test_ci_04_whoami_tells_staff_the_version(world: World) -> None:
    world.receive(message=telegram.message(telegram.private(601), telegram.person(601), NOW, "/whoami"))
    assert f"BuhBot {settings.VERSION}" in world.texts_to(world.accountant)[-1]
