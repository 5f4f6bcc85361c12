"""News that come late put facts and messages right, and never make them worse (principle 3, ALR-05)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.models import OutgoingMessage
from buhbot.models import Chat, Preference
from sla.models import Request
from sla.rules import Obstacle
from sla.selectors import monitoring_obstacles
from tests.flows import telegram
from tests.flows.world import World, buttons, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


def sent(world: World) -> None:
    OutgoingMessage.objects.update(state="sent", telegram_chat_id=602, telegram_message_id=5)


def test_ans_04_an_earlier_question_moves_the_breach_and_the_alerts_say_so(world: World) -> None:
    world.client_says("Когда будет акт?", TEN, message_id=2000)
    world.passes(TEN + minutes(60))
    sent(world)
    world.client_says("Когда будет счёт на оплату?", TEN - minutes(10), message_id=1990)
    world.passes(TEN + minutes(61))
    assert world.request().breached_at == world.request().due_at == TEN + minutes(50)
    assert "10:50" in world.texts_to(world.manager)[-1]


def test_alr_05_the_alert_of_an_answered_request_is_edited_too(world: World) -> None:
    world.client_says("Когда будет акт?", TEN, message_id=1000)
    world.passes(TEN + minutes(60))
    sent(world)
    world.says(world.accountant, "Высылаю", TEN + minutes(70), message_id=1010)
    world.passes(TEN + minutes(71))
    before = len(world.sent_to(world.manager))
    world.client_says("Когда будет счёт на оплату?", TEN - minutes(10), message_id=990)
    world.passes(TEN + minutes(72))
    assert world.request().events.filter(kind="opening_moved").count() == 1
    assert len(world.sent_to(world.manager)) == before + 1


def test_ans_03_a_message_in_the_second_of_the_answer_does_not_shorten_the_wait(world: World) -> None:
    world.client_says("Когда будет акт?", TEN, message_id=3000)
    world.says(world.accountant, "Высылаю", TEN + minutes(50), message_id=3011)
    world.client_says("И когда будет счёт?", TEN + minutes(50), message_id=3010)
    assert (world.request().opened_at, world.request().response_seconds) == (TEN, 50 * 60)


def test_req_02_the_answer_of_an_anonymous_administrator_counts_for_a_late_question_too(world: World) -> None:
    Preference.objects.create(key="anonymous_admins_answer", value=True)
    chat = telegram.group(world.chat.telegram_id)
    reply = telegram.message(
        chat, telegram.GROUP_ANONYMOUS_BOT, TEN + minutes(9), "Высылаю", message_id=4002, sender_chat=chat
    )
    world.receive(message=reply)
    world.client_says("Когда будет акт?", TEN, message_id=4001)
    assert (world.request().state, world.request().closed_at) == ("answered", TEN + minutes(9))


def test_req_04_a_question_behind_a_command_is_a_question(world: World) -> None:
    world.client_says("/help когда будет акт по договору?", TEN)
    assert world.request().is_open


def test_req_04_a_command_alone_is_not(world: World) -> None:
    world.client_says("/help", TEN)
    assert not Request.objects.exists()


def test_cht_04_a_bot_that_was_restricted_and_removed_has_left(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    bot = telegram.person(7000000001, "BuhBot", is_bot=True)
    chat = telegram.group(world.chat.telegram_id)
    change = telegram.membership(chat, telegram.person(42), bot, "member", TEN + minutes(1))
    world.receive(my_chat_member=change | {"new_chat_member": restricted(bot)})
    assert world.failed() == []
    assert (Chat.objects.get().life_cycle, world.request().close_reason) == ("left", "bot_removed")


def restricted(bot: telegram.Json) -> telegram.Json:
    rights: dict[str, Any] = dict.fromkeys(
        [
            *(
                "can_change_info",
                "can_invite_users",
                "can_pin_messages",
                "can_send_messages",
                "can_send_polls",
            ),
            *("can_send_other_messages", "can_add_web_page_previews", "can_manage_topics", "can_send_audios"),
            *("can_send_documents", "can_send_photos", "can_send_videos", "can_send_video_notes"),
            *("can_send_voice_notes", "can_edit_tag", "can_react_to_messages"),
        ],
        False,
    )
    return {"user": bot, "status": "restricted", "is_member": False, "until_date": 0, **rights}


@pytest.fixture
def private(world: World) -> World:
    Chat.objects.filter(pk=world.chat.pk).update(telegram_id=501, kind="private", username="ivan")
    world.chat.refresh_from_db()
    return world


def test_alr_03_a_private_message_has_no_address(world: World) -> None:
    Chat.objects.filter(pk=world.chat.pk).update(username="romashka")
    world.client_says("Спасибо!", TEN)
    chat = telegram.private(501) | {"username": "ivan"}
    world.receive(message=telegram.message(chat, telegram.person(501), TEN, "Когда будет акт?"))
    world.passes(TEN + minutes(60))
    urls = [button["url"] for button in buttons(world.sent_to(world.manager)[0]) if "url" in button]
    assert urls == [f"https://buhbot.test/admin/sla/request/{world.request().pk}/change/"]


def test_cht_02_a_private_chat_cannot_be_monitored_as_staff_cannot_answer_there(private: World) -> None:
    assert Obstacle.PRIVATE_CHAT in monitoring_obstacles(private.chat)
