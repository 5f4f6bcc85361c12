"""A group becomes a supergroup: whatever comes first, the chat keeps its row and no question is lost (TIM-05)."""

from datetime import UTC, datetime

import pytest

from bot.consumer import process_pending
from bot.models import Diagnosis, OutgoingMessage
from bot.services.deliveries import claim_letters
from buhbot.models import Chat
from buhbot.services.chats import migrate_chat
from sla.models import Request
from tests.flows import telegram
from tests.flows.world import CLIENT_ID, World, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
OLD, NEW = -500, -100500


@pytest.fixture
def in_group(world: World) -> World:
    Chat.objects.filter(pk=world.chat.pk).update(telegram_id=OLD, kind="group")
    world.chat.refresh_from_db()
    return world


def backlog(world: World) -> None:
    """The new id's lane is taken before the old one's, in which a question waits."""
    old, new, client = telegram.group(OLD, kind="group"), telegram.group(NEW), telegram.person(CLIENT_ID)
    for message in (
        telegram.message(old, client, TEN, "Когда будет акт?"),
        telegram.message(old, client, TEN + minutes(1), migrate_to_chat_id=NEW),
        telegram.message(new, client, TEN + minutes(1), migrate_from_chat_id=OLD),
    ):
        world.post(telegram.update(message=message))
    process_pending()


def test_tim_05_a_backlog_over_a_migration_loses_neither_chat_nor_question(in_group: World) -> None:
    backlog(in_group)
    chat = Chat.objects.get()
    assert (chat.pk, chat.telegram_id, chat.kind) == (in_group.chat.pk, NEW, "supergroup")
    assert (chat.is_monitored, chat.client_name, chat.assignments.count()) == (True, "ООО «Ромашка»", 2)
    assert in_group.request().opened_at == TEN


def test_tim_05_the_same_with_history(in_group: World) -> None:
    in_group.client_says("Когда будет отчёт?", TEN - minutes(10))
    in_group.says(in_group.accountant, "Завтра", TEN - minutes(9))
    backlog(in_group)
    assert (Chat.objects.count(), Request.objects.count(), in_group.failed()) == (1, 2, [])


def test_tim_05_leaving_the_old_group_is_not_leaving_the_chat(in_group: World) -> None:
    backlog(in_group)
    bot = telegram.person(7000000001, "BuhBot", is_bot=True)
    old = telegram.group(OLD, kind="group")
    left = telegram.membership(old, telegram.person(42), bot, "left", TEN + minutes(1))
    in_group.receive(my_chat_member=left)
    assert Chat.objects.get().life_cycle == "active"
    assert in_group.request().is_open


def test_cht_01_a_chat_that_was_set_up_is_never_deleted_for_another(in_group: World) -> None:
    twin = Chat.objects.create(
        telegram_id=NEW,
        kind="supergroup",
        title="Б",
        tier=in_group.chat.tier,
        is_monitored=True,
        registered_at=TEN,
    )
    migrate_chat(old_telegram_id=OLD, new_telegram_id=NEW)
    assert set(Chat.objects.values_list("pk", flat=True)) == {twin.pk, in_group.chat.pk}


def test_tim_05_a_command_of_the_group_deletes_nothing_in_the_supergroup(in_group: World) -> None:
    in_group.says(in_group.accountant, "/norequest", TEN)
    OutgoingMessage.objects.exclude(method="deleteMessage").delete()
    migrate_chat(old_telegram_id=OLD, new_telegram_id=NEW)
    (letter,) = claim_letters(10)
    assert letter.end == "cancelled"  # the numbers of messages begin anew there


def test_cht_05_a_question_asked_in_the_supergroup_before_the_news_is_kept(in_group: World) -> None:
    new, manager = telegram.group(NEW), telegram.person(602)
    in_group.receive(message=telegram.message(new, manager, TEN, "/diagnose"))
    migrate_chat(old_telegram_id=OLD, new_telegram_id=NEW)
    assert Diagnosis.objects.get(answered_at=None).chat == in_group.chat
