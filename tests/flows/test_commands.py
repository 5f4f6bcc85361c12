"""What staff order in the client's chat: /request, /norequest, /wait (REQ-08, TIM-08)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.models import OutgoingMessage
from buhbot.models import Message
from sla import services
from sla.models import Alert, Classification, Correction, Policy, Request, RequestEvent
from sla.rules import Snooze
from sla.selectors import numbers
from tests.flows import telegram
from tests.flows.telegram import Json
from tests.flows.world import CLIENT_ID, World, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


def orders(world: World, command: str, at: datetime, to: Json | None = None, **fields: Any) -> Json:
    """The accountant gives a command, as a reply to a message or alone."""
    reply: Json = {"reply_to_message": to} if to else {}
    return world.says(world.accountant, command, at, **reply, **fields)


def deletions(world: World) -> list[int]:
    rows = OutgoingMessage.objects.filter(chat=world.chat, method="deleteMessage")
    return [row.payload["message_id"] for row in rows]


def kinds() -> list[str]:
    return list(RequestEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_req_08_request_opens_one_from_the_message_with_its_date(world: World) -> None:
    thanks = world.client_says("Спасибо большое!", TEN)
    command = orders(world, "/request", TEN + minutes(5), thanks)
    request = world.request()
    assert (request.opened_at, request.due_at) == (TEN, TEN + minutes(60))
    assert request.events.get(kind="opened").actor == world.accountant
    assert deletions(world) == [command["message_id"]]
    assert world.texts_to(world.chat) == [""]  # nothing but the deletion


def test_req_08_request_teaches_the_classifier(world: World) -> None:
    thanks = world.client_says("Спасибо большое!", TEN)
    orders(world, "/request", TEN + minutes(5), thanks)
    known = Classification.objects.get()
    assert (known.label, known.source) == ("REQUEST", "staff")
    correction = Correction.objects.get()
    assert (correction.text, correction.label_before) == ("Спасибо большое!", "GRATITUDE")
    assert (correction.origin, correction.made_by) == ("request", world.accountant)


def test_req_08_request_on_what_an_open_one_holds_teaches_and_says_so(world: World) -> None:
    world.client_says("Где акт?", TEN)
    noise = world.client_says("Всё хорошо", TEN + minutes(1))
    orders(world, "/request", TEN + minutes(5), noise)
    assert "уже" in world.texts_to(world.accountant)[-1]
    correction = Correction.objects.get()
    assert (correction.text, correction.label, correction.label_before) == ("Всё хорошо", "REQUEST", "SPAM")
    known = Classification.objects.get(message__text="Всё хорошо")
    assert (known.label, known.source) == ("REQUEST", "staff")


def test_req_08_request_takes_a_message_that_the_bot_has_not_seen(world: World) -> None:
    chat = telegram.group(world.chat.telegram_id)
    unseen = telegram.message(chat, telegram.person(CLIENT_ID), TEN, "Вопрос до того, как бот пришёл")
    orders(world, "/request", TEN + minutes(5), unseen)
    assert world.request().opened_by.telegram_message_id == unseen["message_id"]


def test_req_08_request_opens_again_what_was_answered_or_cancelled_by_mistake(world: World) -> None:
    question = world.client_says("Где акт?", TEN)
    world.says(world.accountant, "Минуту", TEN + minutes(5))
    orders(world, "/request", TEN + minutes(6), question)
    request = world.request()
    assert (request.state, request.due_at) == ("open", TEN + minutes(60))
    orders(world, "/norequest", TEN + minutes(7))
    orders(world, "/request", TEN + minutes(8), question)
    assert (world.request().state, kinds()[-1]) == ("open", "reopened")


@pytest.mark.parametrize("wait", [5, 30])
def test_tim_03_request_on_an_old_message_tells_each_person_once_and_the_highest(
    world: World, wait: int
) -> None:
    Policy.objects.update(escalation_minutes=wait)
    noise = world.client_says("ок", TEN)
    fired = TEN + minutes(60 + 4 * wait)
    orders(world, "/request", fired, noise)
    world.passes(fired)
    assert [(alert.level, alert.instant) for alert in Alert.objects.order_by("level")] == [
        (level, TEN + minutes(60 + (level - 1) * wait)) for level in range(1, 6)
    ]
    for person, said in ((world.manager, "уровень 5"), (world.admin, "уровень 5"), (world.accountant, "🔴")):
        (text,) = world.alerts_to(person)
        assert said in text


def test_req_08_an_answer_given_before_the_command_does_not_end_it(world: World) -> None:
    noise = world.client_says("ок", TEN)
    world.says(world.accountant, "Хорошо", TEN + minutes(1))
    orders(world, "/request", TEN + minutes(5), noise)
    assert world.request().is_open
    world.says(world.accountant, "Готово", TEN + minutes(7))
    assert world.request().response_seconds == 7 * 60


def test_req_08_an_answer_after_the_command_that_came_before_it_ends_the_request(world: World) -> None:
    noise = world.client_says("ок", TEN)
    world.says(world.accountant, "Готово", TEN + minutes(7))
    orders(world, "/request", TEN + minutes(5), noise)
    assert (world.request().state, world.request().response_seconds) == ("answered", 7 * 60)


@pytest.mark.parametrize("replied", ["nothing", "staff"])
def test_req_08_request_wants_a_clients_message_and_says_so_in_private(world: World, replied: str) -> None:
    said = world.says(world.accountant, "Здравствуйте", TEN)
    command = orders(world, "/request", TEN + minutes(1), said if replied == "staff" else None)
    assert not Request.objects.exists()
    assert "ответом на сообщение клиента" in world.texts_to(world.accountant)[-1]
    assert deletions(world) == [command["message_id"]]


def test_req_08_norequest_cancels_and_teaches(world: World) -> None:
    world.client_says("Где акт?", TEN)
    orders(world, "/norequest", TEN + minutes(5))
    request = world.request()
    assert (request.state, request.close_reason) == ("cancelled", "not_a_request")
    assert (request.closed_by, request.closed_at) == (world.accountant, TEN + minutes(5))
    assert (Correction.objects.get().label, Correction.objects.get().label_before) == ("SPAM", "REQUEST")


def test_req_08_in_a_topic_the_request_of_the_topic_is_meant(world: World) -> None:
    topic: Json = {"message_thread_id": 5, "is_topic_message": True}
    world.client_says("Где акт?", TEN)
    world.client_says("Где счёт?", TEN, **topic)
    orders(world, "/norequest", TEN + minutes(1), **topic)
    assert dict(Request.objects.values_list("topic_id", "state")) == {0: "open", 5: "cancelled"}


@pytest.mark.parametrize("command", ["/norequest", "/wait"])
def test_req_08_nothing_open_is_told_in_private(world: World, command: str) -> None:
    orders(world, command, TEN)
    assert "Открытого запроса там нет" in world.texts_to(world.accountant)[-1]


def test_req_08_others_of_the_firm_are_refused_and_clients_ignored(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.says(staff("Ольга", telegram_id=610), "/norequest", TEN + minutes(1))
    world.client_says("/norequest", TEN + minutes(2))
    assert world.request().is_open
    assert len(deletions(world)) == 1  # the stranger's; a client's words are not ours to delete
    assert OutgoingMessage.objects.filter(audience="staff").count() == 1


def test_req_08_an_unwatched_chat_is_told_in_private(world: World) -> None:
    world.chat.is_monitored = False
    world.chat.save()
    orders(world, "/wait", TEN)
    assert "не отслеживается" in world.texts_to(world.accountant)[-1]
    assert len(deletions(world)) == 1


def test_req_08_a_command_is_no_answer_and_is_logged(world: World) -> None:
    world.client_says("Где акт?", TEN)
    orders(world, "/wait", TEN + minutes(1))
    assert Message.objects.filter(text="/wait", sender="staff").exists()
    assert world.request().answer is None


def test_tim_08_wait_stops_the_clock_until_the_client_writes(world: World) -> None:
    world.client_says("Где акт?", TEN)
    orders(world, "/wait", TEN + minutes(20))
    world.passes(TEN + minutes(90))
    paused = world.request()
    assert (paused.state, paused.fires_at, world.levels()) == ("waiting_client", None, [])
    measured = numbers(paused, now=TEN + minutes(90))
    assert (measured.waited, measured.left) == (minutes(20), minutes(40))
    world.client_says("Вот накладная", TEN + minutes(100))
    resumed = world.request()
    assert (resumed.state, resumed.due_at) == ("open", TEN + minutes(140))
    assert resumed.warn_at == TEN + minutes(128)


def test_tim_08_only_working_time_is_added(world: World) -> None:
    world.client_says("Где акт?", datetime(2026, 11, 24, 14, 30, tzinfo=UTC))  # 17:30, due 09:30
    orders(world, "/wait", datetime(2026, 11, 24, 14, 45, tzinfo=UTC))
    world.client_says("Вот", datetime(2026, 11, 25, 6, 10, tzinfo=UTC))  # 09:10: 25 min of work paused
    assert world.request().due_at == datetime(2026, 11, 25, 6, 55, tzinfo=UTC)


def test_tim_08_response_time_leaves_the_pause_out(world: World) -> None:
    world.client_says("Где акт?", TEN)
    orders(world, "/wait", TEN + minutes(20))
    world.client_says("Вот накладная", TEN + minutes(100))
    world.says(world.accountant, "Готово", TEN + minutes(120))
    request = world.request()
    assert (request.response_seconds, request.is_late) == (40 * 60, False)


def test_tim_08_an_answer_during_the_pause_ends_it(world: World) -> None:
    world.client_says("Где акт?", TEN)
    orders(world, "/wait", TEN + minutes(20))
    world.says(world.accountant, "Нашлось без вас, вот акт", TEN + minutes(200))
    request = world.request()
    assert (request.state, request.response_seconds, request.is_late) == ("answered", 20 * 60, False)


def test_tim_08_undo_of_an_end_during_a_pause_pauses_again(world: World) -> None:
    question = world.client_says("Где акт?", TEN)
    orders(world, "/wait", TEN + minutes(20))
    orders(world, "/norequest", TEN + minutes(30))
    orders(world, "/request", TEN + minutes(40), question)
    request = world.request()
    assert (request.state, request.paused_at) == ("waiting_client", TEN + minutes(20))


def test_tim_08_a_breach_stays_and_escalation_goes_on_after_the_pause(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(60))
    orders(world, "/wait", TEN + minutes(70))
    world.passes(TEN + minutes(150))
    assert world.levels() == [1]
    world.client_says("Вот", TEN + minutes(160))
    assert world.request().next_escalation_at == TEN + minutes(180)  # 20 of 30 minutes were left
    world.passes(TEN + minutes(180))
    assert world.levels() == [1, 2]


def test_tim_08_taking_a_paused_request_does_not_start_its_clock(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(48))
    orders(world, "/wait", TEN + minutes(50))
    world.presses(world.accountant, "Беру", world.sent_to(world.accountant)[0])
    assert (world.request().state, world.request().fires_at) == ("waiting_client", None)


def test_tim_08_a_pause_that_comes_late_takes_effect_at_its_date(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(61))
    orders(world, "/wait", TEN + minutes(30))
    request = world.request()
    assert (request.state, request.breached_at, request.paused_at) == (
        "waiting_client",
        None,
        TEN + minutes(30),
    )
    assert Alert.objects.get(kind="breach").withdrawn_at is not None


def test_tim_08_a_pause_delivered_after_the_clients_word_ends_with_it(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.client_says("Вот накладная", TEN + minutes(50))
    orders(world, "/wait", TEN + minutes(20))
    request = world.request()
    assert (request.state, request.due_at) == ("open", TEN + minutes(90))


def test_tim_08_an_earlier_word_that_comes_late_shortens_the_pause(world: World) -> None:
    world.client_says("Где акт?", TEN)
    orders(world, "/wait", TEN + minutes(20))
    world.client_says("Вот накладная", TEN + minutes(50))
    world.client_says("Сейчас пришлю", TEN + minutes(40))
    assert world.request().due_at == TEN + minutes(80)


def test_tim_08_waiting_twice_is_told_in_private(world: World) -> None:
    world.client_says("Где акт?", TEN)
    orders(world, "/wait", TEN + minutes(20))
    orders(world, "/wait", TEN + minutes(30))
    assert kinds().count("paused") == 1
    assert "уже ждёт клиента" in world.texts_to(world.accountant)[-1]


def test_tim_08_a_pause_counts_against_overlong_silence_of_the_client_only(world: World) -> None:
    world.client_says("Где акт?", TEN)
    orders(world, "/wait", TEN + minutes(20))
    world.passes(TEN + timedelta(days=30))
    assert world.levels() == []
    assert world.request().state == "waiting_client"


def test_tim_08_a_word_between_end_and_undo_ends_the_pause(world: World) -> None:
    world.client_says("Где акт?", TEN)
    orders(world, "/wait", TEN + minutes(20))
    services.resolve(world.request().pk, actor=world.manager, now=TEN + minutes(30))
    world.client_says("ок", TEN + minutes(40))
    services.reopen(world.request().pk, actor=world.manager, now=TEN + minutes(45))
    request = world.request()
    assert (request.state, request.due_at) == ("open", TEN + minutes(80))


def test_tim_08_undo_within_a_pause_escalates_no_faster(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(60))
    orders(world, "/wait", TEN + minutes(70))
    services.resolve(world.request().pk, actor=world.manager, now=TEN + minutes(75))
    services.reopen(world.request().pk, actor=world.manager, now=TEN + minutes(76))
    world.client_says("Вот", TEN + minutes(300))
    assert world.request().next_escalation_at == TEN + minutes(320)


def test_tim_08_a_snooze_within_a_pause_ends_at_its_own_time(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(60))
    orders(world, "/wait", TEN + minutes(70))
    pressed = TEN + minutes(200)
    services.snooze(world.request().pk, actor=world.manager, length=Snooze.HOUR, now=pressed)
    world.client_says("Вот", TEN + minutes(205))
    assert world.request().next_escalation_at == TEN + minutes(260)


def test_tim_08_a_late_word_does_not_tell_a_true_breach_twice(world: World) -> None:
    world.client_says("Где акт?", TEN)
    orders(world, "/wait", TEN + minutes(20))
    world.client_says("Вот", TEN + minutes(40))
    world.passes(TEN + minutes(80))
    world.client_says("Сейчас", TEN + minutes(30))
    world.passes(TEN + minutes(91))
    assert (world.request().breached_at, kinds().count("breached")) == (TEN + minutes(70), 1)


def test_req_08_a_command_in_the_team_chat_is_refused_in_private(world: World) -> None:
    world.chat.is_monitored, world.chat.is_team = False, True
    world.chat.save()
    orders(world, "/wait", TEN)
    assert world.failed() == []
    assert "не отслеживается" in world.texts_to(world.accountant)[-1]


def test_cls_07_an_edit_does_not_undo_what_staff_said(world: World) -> None:
    question = world.client_says("Где акт?", TEN)
    orders(world, "/norequest", TEN + minutes(5))
    world.edits(question, "Где акт? ", TEN + minutes(6))
    assert (world.request().state, Classification.objects.get().source) == ("cancelled", "staff")


@pytest.mark.parametrize("command", ["/norequest", "/wait"])
def test_req_08_a_command_older_than_the_request_is_not_about_it(world: World, command: str) -> None:
    world.client_says("Где акт?", TEN + minutes(30))
    orders(world, command, TEN + minutes(5))
    assert world.request().state == "open"


def test_req_08_an_ended_question_moves_no_other_opening(world: World) -> None:
    first = world.client_says("Где акт?", TEN)
    world.says(world.accountant, "Отправила", TEN + minutes(5))
    world.client_says("Где счёт?", TEN + minutes(600))
    orders(world, "/request", TEN + minutes(601), first)
    assert Request.objects.latest("pk").opened_at == TEN + minutes(600)


def test_tim_08_longer_terms_reach_a_breach_before_the_pause(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(60))
    orders(world, "/wait", TEN + minutes(70))
    Policy.objects.update(target_minutes=90)
    services.recompute_outdated(TEN + minutes(120))
    assert world.request().breached_at is None


def test_req_08_the_help_of_staff_names_the_commands(world: World) -> None:
    person = telegram.person(world.accountant.telegram_id or 0)
    private = telegram.private(world.accountant.telegram_id or 0)
    world.receive(message=telegram.message(private, person, TEN, "/help"))
    for command in ("/request", "/norequest", "/wait"):
        assert command in world.texts_to(world.accountant)[-1]
