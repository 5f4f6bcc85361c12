"""News that come late put facts and messages right, and never make them worse (principle 3, ALR-05)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.models import OutgoingMessage
from buhbot.models import Chat, Message, Preference
from sla import services
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


def test_req_05_an_edit_that_comes_before_its_message_opens_a_request(world: World) -> None:
    group, client = telegram.group(world.chat.telegram_id), telegram.person(501)
    message = telegram.message(group, client, TEN, "ок", message_id=5001)
    world.edits(message, "Когда будет акт?", TEN + minutes(2))
    world.receive(message=message)
    assert (world.request().opened_at, world.request().text) == (TEN + minutes(2), "Когда будет акт?")
    assert list(Message.objects.get().revisions.values_list("text", flat=True)) == ["ок"]


def test_req_04_a_question_that_comes_after_its_edit_opens_at_its_own_date(world: World) -> None:
    group, client = telegram.group(world.chat.telegram_id), telegram.person(501)
    message = telegram.message(group, client, TEN, "Когда будет аткт?", message_id=5001)
    world.edits(message, "Когда будет акт?", TEN + minutes(2))
    world.receive(message=message)
    assert (world.request().opened_at, world.request().due_at) == (TEN, TEN + minutes(60))


def test_req_04_a_question_that_was_edited_away_before_it_came_is_one(world: World) -> None:
    group, client = telegram.group(world.chat.telegram_id), telegram.person(501)
    message = telegram.message(group, client, TEN, "Когда будет акт?", message_id=5001)
    world.edits(message, "ок", TEN + minutes(2))
    world.receive(message=message)
    assert (world.request().state, world.request().opened_at) == ("open", TEN)


def test_ans_01_an_answer_of_which_only_the_edit_is_known_counts_at_its_own_date(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    group, staff = telegram.group(world.chat.telegram_id), telegram.person(601)
    message = telegram.message(group, staff, TEN + minutes(5), "Завтра")
    world.edits(message, "Завтра утром", TEN + minutes(90))
    world.receive(message=message)
    assert (world.request().state, world.request().closed_at) == ("answered", TEN + minutes(5))


def test_req_07_a_late_answer_leaves_the_breach_that_no_tick_saw(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(world.accountant, "Высылаю", TEN + minutes(95))
    world.passes(TEN + minutes(96))
    request = world.request()
    assert (request.breached_at, request.level, request.fires_at) == (TEN + minutes(60), 2, None)
    assert list(request.events.values_list("kind", flat=True)) == [
        *("opened", "warned", "breached", "escalated", "answered")
    ]
    assert world.alerts_to(world.manager) == []


def test_ans_04_an_answer_at_due_that_no_tick_saw_was_never_late(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(world.accountant, "Высылаю", TEN + minutes(60))
    assert world.request().breached_at is None
    assert list(world.request().events.values_list("kind", flat=True)) == ["opened", "warned", "answered"]
    assert not world.request().alerts.filter(kind="breach").exists()


def test_req_07_undone_the_breach_that_no_tick_saw_is_told(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(world.accountant, "Высылаю", TEN + minutes(70))
    world.passes(TEN + minutes(71))
    services.reopen(world.request().pk, actor=world.manager, now=TEN + minutes(75))
    world.passes(TEN + minutes(76))
    (alert,) = world.alerts_to(world.manager)
    assert "Срок ответа клиенту пропущен" in alert


def test_tim_08_an_edit_that_brings_what_was_waited_for_lets_the_clock_run(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    word = world.client_says("ок", TEN + minutes(1))
    world.says(world.accountant, "/wait", TEN + minutes(5))
    world.edits(word, "ИНН 7701234567, счёт 40702810900000000001", TEN + minutes(15))
    assert (world.request().state, world.request().due_at) == ("open", TEN + minutes(70))


def test_tim_08_an_edit_that_only_mends_words_does_not(world: World) -> None:
    question = world.client_says("Когда будет аткт?", TEN)
    world.says(world.accountant, "/wait", TEN + minutes(5))
    world.edits(question, "Когда будет акт?", TEN + minutes(15))
    assert world.request().state == "waiting_client"


def test_req_03_a_poll_of_an_older_bot_api_server_is_noise(world: World) -> None:
    poll = {
        "id": "1",
        "question": "Когда встретимся?",
        "options": [{"text": "Завтра", "voter_count": 0}],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
    }
    message = world.client_says("", TEN, poll=poll)
    world.client_says("Когда будет акт?", TEN + minutes(1), reply_to_message=message)
    assert world.failed() == []
    assert [one.kind for one in Message.objects.order_by("sent_at")] == ["poll", "text"]
    assert world.request().opened_at == TEN + minutes(1)
