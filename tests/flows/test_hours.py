"""Out of hours the client is told when the firm is back; in hours a setting confirms the question (CLI-07)."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from bot.consumer import process_pending
from bot.hours import tell_hours
from bot.models import OutgoingMessage
from buhbot.models import Calendar, CalendarException, Chat, Preference
from buhbot.preferences import preferences
from buhbot.services.calendars import current_version
from buhbot.services.production import load_years
from sla.models import Request
from sla.services import recompute_outdated
from tests.flows import telegram
from tests.flows.telegram import Json
from tests.flows.world import CLIENT_ID, World, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
EVENING = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # 20:00
NIGHT = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # 01:30 on Wednesday
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)  # 19:00
TOLD = "Сообщение получили. Сейчас у нас нерабочее время, мы на связи "


def asks(world: World, text: str, at: datetime, **fields: Any) -> Json:
    """The client asks, and the bot takes it at once."""
    with time_machine.travel(at, tick=False):
        said = world.client_says(text, at, **fields)
    assert not world.failed()
    return said


def told(world: World) -> list[str]:
    return [text for text in world.texts_to(world.chat) if text]


def test_cli_07_out_of_hours_the_next_opening_is_told(world: World) -> None:
    said = asks(world, "Где акт?", EVENING)
    assert told(world) == [f"{TOLD}завтра с 09:00."]
    sent = world.sent_to(world.chat)[0]
    assert (sent.audience, sent.payload["reply_parameters"]["message_id"]) == ("client", said["message_id"])


def test_cli_07_once_an_evening_also_after_midnight(world: World) -> None:
    asks(world, "Где акт?", EVENING)
    asks(world, "И счёт пришлите, пожалуйста", EVENING + minutes(60))
    asks(world, "Почему никто не отвечает?", NIGHT)
    assert len(told(world)) == 1


def test_cli_07_after_midnight_the_opening_is_today(world: World) -> None:
    asks(world, "Где акт?", NIGHT)
    assert told(world) == [f"{TOLD}сегодня с 09:00."]


def test_cli_07_the_next_evening_it_is_told_again(world: World) -> None:
    asks(world, "Где акт?", EVENING)
    asks(world, "Где же акт?", EVENING + minutes(24 * 60))
    assert len(told(world)) == 2


def test_cli_07_after_a_weekend_and_holidays_the_day_is_named(world: World) -> None:
    load_years([2025, 2026])
    asks(world, "Где акт?", FRIDAY)
    asks(world, "Когда будет зарплатный отчёт?", datetime(2025, 12, 30, 17, 0, tzinfo=UTC))
    assert told(world) == [
        f"{TOLD}в понедельник, 30 ноября, с 09:00.",
        f"{TOLD}в понедельник, 12 января, с 09:00.",
    ]


def test_cli_07_a_day_off_by_hand_counts(world: World) -> None:
    calendar = Calendar.objects.get(is_default=True)
    CalendarException.objects.create(calendar=calendar, date="2026-11-25", hours="")
    current_version(calendar)
    asks(world, "Где акт?", EVENING)
    assert told(world) == [f"{TOLD}в четверг, 26 ноября, с 09:00."]


@pytest.mark.parametrize("text", ["спасибо", "ок", "👍"])
def test_cli_07_thanks_and_noise_get_no_answer(world: World, text: str) -> None:
    asks(world, text, EVENING)
    asks(world, "Где акт?", TEN)
    asks(world, text, EVENING)  # joins the request, and asks nothing
    assert told(world) == []


def test_cli_07_what_joins_an_open_request_is_answered_too(world: World) -> None:
    asks(world, "Где акт?", TEN)
    assert told(world) == []
    asks(world, "Акт нужен до пятницы, договор номер 15", EVENING)
    assert told(world) == [f"{TOLD}завтра с 09:00."]
    assert Request.objects.count() == 1


def test_cli_07_what_comes_to_an_end_before_is_not_answered(world: World) -> None:
    """The staff's answer came first, though its question is delivered later."""
    with time_machine.travel(EVENING + minutes(9), tick=False):
        world.says(world.accountant, "Отправила акт", EVENING + minutes(5))
    with time_machine.travel(EVENING + minutes(10), tick=False):
        world.client_says("Где акт?", EVENING)
    assert told(world) == []


def test_cli_07_the_messages_own_date_decides(world: World) -> None:
    evening, morning = "Где акт?", EVENING + minutes(13 * 60 + 1)
    with time_machine.travel(morning, tick=False):
        world.client_says(evening, EVENING)
    assert told(world) == []
    with time_machine.travel(EVENING, tick=False):
        world.client_says("А счёт?", TEN)
    assert told(world) == []


def test_cli_07_it_is_said_in_the_topic_of_the_question(world: World) -> None:
    asks(world, "Где акт?", EVENING, message_thread_id=5, is_topic_message=True)
    asks(world, "Где счёт?", EVENING + minutes(1))  # another topic of the chat
    assert [row.payload.get("message_thread_id") for row in world.sent_to(world.chat)] == [5]


def test_cli_07_a_doubled_update_is_answered_once(world: World) -> None:
    group, person = telegram.group(world.chat.telegram_id), telegram.person(CLIENT_ID)
    update = telegram.update(message=telegram.message(group, person, EVENING, "Где акт?"))
    with time_machine.travel(EVENING, tick=False):
        for _ in range(2):
            world.post(update)
            process_pending()
    assert len(told(world)) == 1


@pytest.mark.parametrize(
    ("firm", "chat", "count"), [(True, None, 1), (True, False, 0), (False, None, 0), (False, True, 1)]
)
def test_cli_07_it_is_switched_by_firm_and_chat(world: World, firm: bool, chat: Any, count: int) -> None:
    if not firm:
        Preference.objects.create(key="tells_opening", value=False)
    Chat.objects.update(tells_opening=chat)
    asks(world, "Где акт?", EVENING)
    assert len(told(world)) == count


def test_cli_07_a_calendar_that_never_opens_says_nothing(world: World) -> None:
    calendar = Calendar.objects.get(is_default=True)
    calendar.exceptions.all().delete()
    calendar.weekly = {}
    calendar.save()
    current_version(calendar)
    asks(world, "Где акт?", EVENING)
    assert (told(world), world.request().has_due) == ([], False)


def test_cli_07_an_edit_that_becomes_a_question_is_answered(world: World) -> None:
    said = asks(world, "спасибо", EVENING)
    with time_machine.travel(EVENING + minutes(1), tick=False):
        world.edits(said, "Когда будет акт сверки?", EVENING + minutes(1))
    assert told(world) == [f"{TOLD}завтра с 09:00."]


def test_cli_07_it_is_no_answer_of_staff(world: World) -> None:
    asks(world, "Где акт?", EVENING)
    world.all_sent()
    request = world.request()
    assert (request.state, request.answer) == ("open", None)
    world.passes(EVENING + minutes(14 * 60 + 1))  # 10:01 on Wednesday
    assert world.levels() == [1]


def test_cli_07_in_hours_nothing_is_said_by_default(world: World) -> None:
    asks(world, "Где акт?", TEN)
    assert told(world) == []


def test_cli_07_a_setting_confirms_each_request_once(world: World) -> None:
    Preference.objects.create(key="confirms_requests", value=True)
    asks(world, "Где акт?", TEN)
    asks(world, "И счёт пришлите, пожалуйста", TEN + minutes(1))
    assert told(world) == [f"Вопрос принят, № {world.request().pk}. Ответим сегодня до 11:00."]


def test_cli_07_what_is_due_already_is_not_confirmed(world: World) -> None:
    Preference.objects.create(key="confirms_requests", value=True)
    with time_machine.travel(TEN + minutes(61), tick=False):
        world.client_says("Где акт?", TEN)
    assert told(world) == []


def test_cli_07_hours_are_those_of_the_chats_calendar(world: World) -> None:
    other = Calendar.objects.create(
        name="Владивосток",
        time_zone="Asia/Vladivostok",
        weekly={str(day): "09:00-18:00" for day in range(1, 6)},
    )
    current_version(other)
    Chat.objects.update(calendar=other)
    asks(world, "Где акт?", TEN + minutes(70))  # 18:10 there
    assert told(world) == [f"{TOLD}завтра с 09:00."]


def test_cli_07_a_lunch_break_is_a_closed_span_too(world: World) -> None:
    other = Calendar.objects.create(
        name="С обедом", weekly={str(day): "09:00-13:00, 14:00-18:00" for day in range(1, 6)}
    )
    current_version(other)
    Chat.objects.update(calendar=other)
    asks(world, "Где акт?", TEN + minutes(190))
    assert told(world) == [f"{TOLD}сегодня с 14:00."]


def test_cli_07_in_private_it_is_said_where_it_was_written(world: World) -> None:
    """What the private conversation of CLI-10 needs: the request is of the group, the words go to the person."""
    private = Chat.objects.create(
        telegram_id=CLIENT_ID, kind="private", tier=world.chat.tier, registered_at=TEN
    )
    world.client_says("Где акт?", EVENING, message_thread_id=5, is_topic_message=True)
    request = world.request()
    OutgoingMessage.objects.all().delete()
    for _ in range(2):
        tell_hours(request.opened_by, request, preferences(), now=EVENING, to=private)
    (sent,) = world.sent_to(private)
    assert "завтра с 09:00" in str(sent.payload["text"])
    assert "message_thread_id" not in sent.payload
    recompute_outdated(EVENING)
    assert world.request().is_open


def asks_alone(world: World, text: str, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        alone = telegram.private(CLIENT_ID)
        world.receive(message=telegram.message(alone, telegram.person(CLIENT_ID), at, text))
    assert not world.failed()


def told_alone() -> list[str]:
    said = OutgoingMessage.objects.filter(chat__telegram_id=CLIENT_ID, method="sendMessage")
    return [str(message.payload["text"]) for message in said]


def test_cli_07_what_was_said_in_the_group_is_not_said_again_in_private(world: World) -> None:
    asks(world, "Где акт?", EVENING)
    asks_alone(world, "И когда будет счёт?", EVENING + minutes(10))
    assert (told(world), told_alone()) == ([f"{TOLD}завтра с 09:00."], [])


def test_cli_07_who_was_told_in_private_is_not_told_again_in_the_group_but_others_are(world: World) -> None:
    asks(world, "Где акт?", TEN)
    asks_alone(world, "Когда будет счёт?", EVENING)
    asks(world, "Почему никто не отвечает?", EVENING + minutes(10))
    assert (told(world), told_alone()) == ([], [f"{TOLD}завтра с 09:00."])
    with time_machine.travel(EVENING + minutes(20), tick=False):
        world.says(777, "А где наш акт?", EVENING + minutes(20))
    assert told(world) == [f"{TOLD}завтра с 09:00."]
