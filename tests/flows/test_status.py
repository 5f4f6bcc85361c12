"""`/status` of clients and `/take` of staff (CLI-06)."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from bot.models import OutgoingMessage
from buhbot.models import AuditEntry, Chat, Role
from sla.models import Policy, Request
from tests.flows import telegram
from tests.flows.telegram import Json
from tests.flows.test_which_chat import member
from tests.flows.world import CLIENT_ID, World, ask_elsewhere, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
ASKED = "Когда будет акт сверки?"


def ask_status(world: World, at: datetime, who: Any = CLIENT_ID, text: str = "/status", **fields: Any) -> str:
    """Somebody asks in the client's group; return what is told there."""
    with time_machine.travel(at, tick=False):
        world.says(who, text, at, **fields)
    assert not world.failed()
    return world.texts_to(world.chat)[-1]


def in_private(world: World, who: int, text: str, at: datetime, **fields: Any) -> str:
    """Somebody writes to the bot; return what it answers."""
    with time_machine.travel(at, tick=False):
        private, person = telegram.private(who), telegram.person(who)
        world.receive(message=telegram.message(private, person, at, text, **fields))
    assert not world.failed()
    return str(OutgoingMessage.objects.filter(method="sendMessage").latest("pk").payload["text"])


def reply_to(said: Json) -> Json:
    return {"reply_to_message": said}


def taken(world: World) -> Request:
    request = world.request()
    assert (request.acknowledged_by, request.state) == (world.accountant, "open")
    return request


def test_cli_06_status_names_number_state_and_due(world: World) -> None:
    world.client_says(ASKED, TEN)
    text = ask_status(world, TEN + minutes(5))
    assert f"№ {world.request().pk}" in text
    assert "«Когда будет акт сверки?»" in text
    assert "Ждёт ответа" in text
    assert "Ответим сегодня до 11:00" in text


def test_cli_06_status_is_a_reply_where_it_was_asked_and_ends_nothing(world: World) -> None:
    topic: Json = {"message_thread_id": 5, "is_topic_message": True}
    world.client_says(ASKED, TEN, **topic)
    ask_status(world, TEN + minutes(5), **topic)
    sent = world.sent_to(world.chat)[-1]
    assert (sent.audience, sent.payload["message_thread_id"]) == ("client", 5)
    assert "reply_parameters" in sent.payload
    assert world.request().is_open


def test_cli_06_without_questions_it_says_so(world: World) -> None:
    assert ask_status(world, TEN) == "Вопросов, которые ждут нашего ответа, нет: на все мы ответили."
    assert not Request.objects.exists()


def test_cli_06_past_due_it_is_kind_and_names_no_time(world: World) -> None:
    world.client_says(ASKED, TEN)
    world.passes(TEN + minutes(61))
    text = ask_status(world, TEN + minutes(62))
    assert "Ответ занимает больше времени, чем мы хотели" in text
    assert not any(word in text.lower() for word in ("11:00", "наруш", "просроч", "эскалац"))


def test_cli_06_what_waits_for_the_client_says_so(world: World) -> None:
    world.client_says(ASKED, TEN)
    world.says(world.accountant, "/wait", TEN + minutes(3))
    text = ask_status(world, TEN + minutes(5))
    assert "Ждём ответа от вас" in text
    assert "Ответим" not in text


def test_cli_06_a_voice_message_is_named_and_texts_are_escaped(world: World) -> None:
    world.client_says("", TEN, **telegram.VOICE)
    assert "«голосовое сообщение»" in ask_status(world, TEN + minutes(1))
    Request.objects.update(text="<b>Где акт?")
    assert "«&lt;b&gt;Где акт?»" in ask_status(world, TEN + minutes(2))


def test_cli_06_the_group_sees_its_own_requests_only(world: World) -> None:
    other = ask_elsewhere(world, TEN, chats=1)[0]
    world.client_says(ASKED, TEN)
    assert f"№ {other.pk}" not in ask_status(world, TEN + minutes(1))


def test_cli_06_an_unmonitored_chat_is_told_nothing_internal(world: World) -> None:
    Chat.objects.update(is_monitored=False)
    assert ask_status(world, TEN).startswith("В этом чате я не веду номера вопросов")


def test_cli_06_in_private_the_requests_of_the_clients_groups(world: World) -> None:
    ask_elsewhere(world, TEN, chats=1)
    world.client_says(ASKED, TEN)
    text = in_private(world, CLIENT_ID, "/status", TEN + minutes(1))
    assert "ООО «Ромашка»" in text
    assert f"№ {Request.objects.get(chat=world.chat).pk}" in text
    assert "Клиент 1" not in text


def test_cli_06_a_stranger_in_private_sees_nothing(world: World) -> None:
    world.client_says(ASKED, TEN)
    assert in_private(world, 999, "/status", TEN + minutes(1)).startswith("Ваших вопросов я не вижу")


def test_cli_06_who_left_the_group_sees_no_more_of_it(world: World) -> None:
    world.client_says("Спасибо", TEN)
    world.says(502, ASKED, TEN + minutes(1))
    world.receive(chat_member=member(world.chat, CLIENT_ID, "left", TEN + minutes(2)))
    told = in_private(world, CLIENT_ID, "/status", TEN + minutes(3))
    assert told.startswith("Ваших вопросов я не вижу")


def test_cli_06_staff_get_the_list_in_private_and_the_command_goes(world: World) -> None:
    world.client_says(ASKED, TEN)
    with time_machine.travel(TEN + minutes(1), tick=False):
        world.says(world.accountant, "/status", TEN + minutes(1))
    assert [row.method for row in world.sent_to(world.chat)] == ["deleteMessage"]
    assert f"№ {world.request().pk}" in world.texts_to(world.accountant)[-1]


def test_cli_06_staff_who_may_not_see_the_chat_are_refused(world: World) -> None:
    world.client_says(ASKED, TEN)
    stranger = staff("Борис", Role.ACCOUNTANT, 610)
    world.says(stranger, "/status", TEN + minutes(1))
    assert "Вы не ведёте этот чат." in world.texts_to(stranger)[-1]


def test_cli_06_take_as_a_reply_shows_in_status_and_moves_no_due(world: World) -> None:
    said = world.client_says(ASKED, TEN)
    due_at = world.request().due_at
    world.says(world.accountant, "/take", TEN + minutes(3), **reply_to(said))
    assert taken(world).due_at == due_at
    assert "Взят в работу" in ask_status(world, TEN + minutes(5))
    assert AuditEntry.objects.filter(note="взят в работу").count() == 1


def test_cli_06_take_by_number_in_the_chat_and_in_private(world: World) -> None:
    world.client_says(ASKED, TEN)
    number = world.request().pk
    world.says(world.accountant, f"/take {number}", TEN + minutes(3))
    assert taken(world).acknowledged_at == TEN + minutes(3)
    told = in_private(world, 602, f"/take № {number}", TEN + minutes(4))
    assert told.startswith(f"✋ № {number} ваш")
    assert world.request().acknowledged_by == world.manager


def test_cli_06_take_answers_a_reply_to_an_alert(world: World) -> None:
    world.client_says(ASKED, TEN)
    world.passes(TEN + minutes(50))
    world.all_sent()
    alert = world.sent_to(world.accountant)[0]
    quoted = telegram.message(
        telegram.private(601),
        telegram.person(1, is_bot=True),
        TEN,
        "…",
        message_id=OutgoingMessage.objects.get(pk=alert.pk).telegram_message_id,
    )
    in_private(world, 601, "/take", TEN + minutes(51), **reply_to(quoted))
    taken(world)


def test_cli_06_a_button_of_the_queue_takes_it(world: World) -> None:
    world.client_says(ASKED, TEN)
    number = world.request().pk
    in_private(world, 601, "/queue", TEN + minutes(1))
    world.all_sent()
    listed = world.sent_to(world.accountant)[-1]
    assert world.presses(world.accountant, f"✋ Беру № {number}", listed) == "Запрос теперь ваш"
    taken(world)
    in_private(world, 601, "/queue", TEN + minutes(2))
    assert "reply_markup" not in world.sent_to(world.accountant)[-1].payload


@pytest.mark.parametrize("words", ["", " 999999", " завтра"])
def test_cli_06_take_without_an_open_request_is_told_in_private(world: World, words: str) -> None:
    said = world.client_says("Спасибо", TEN)
    world.says(world.accountant, f"/take{words}", TEN + minutes(1), **reply_to(said))
    assert "Открытого запроса там нет." in world.texts_to(world.accountant)[-1]
    assert not [row for row in world.sent_to(world.chat) if row.method == "sendMessage"]


def test_cli_06_take_of_an_ended_request_takes_no_other(world: World) -> None:
    said = world.client_says(ASKED, TEN)
    world.says(world.accountant, "Отправила", TEN + minutes(1))
    world.client_says("А счёт когда пришлёте?", TEN + minutes(20))
    world.says(world.accountant, "/take", TEN + minutes(21), **reply_to(said))
    assert not Request.objects.exclude(acknowledged_at=None).exists()


def test_cli_06_strangers_and_clients_take_nothing(world: World) -> None:
    said = world.client_says(ASKED, TEN)
    stranger = staff("Борис", Role.ACCOUNTANT, 610)
    world.says(stranger, "/take", TEN + minutes(1), **reply_to(said))
    world.client_says("/take", TEN + minutes(2), **reply_to(said))
    told = in_private(world, 610, f"/take {world.request().pk}", TEN + minutes(3))
    assert told == "Нет такого запроса."
    assert world.request().acknowledged_at is None
    assert AuditEntry.objects.filter(kind="refused", note="/take").exists()


@pytest.mark.parametrize(("held", "levels"), [(60, [0, 1]), (0, [0, 1, 2])])
def test_cli_06_taking_stops_escalation_only_if_the_policy_says_so(
    world: World, held: int, levels: list[int]
) -> None:
    Policy.objects.update(acknowledge_minutes=held)
    world.client_says(ASKED, TEN)
    world.passes(TEN + minutes(50))
    world.passes(TEN + minutes(61))
    world.says(world.accountant, "/take", TEN + minutes(62))
    world.passes(TEN + minutes(91))
    assert world.levels() == levels
    assert "✋ В работе: <b>Анна</b>" in " ".join(world.texts_to(world.manager))
