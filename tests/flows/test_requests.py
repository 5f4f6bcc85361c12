"""From a message of a client to a request and its end (REQ, ANS)."""

from datetime import UTC, datetime, timedelta

import pytest

from buhbot.models import Message, MessageRevision, Preference, Role
from buhbot.services.calendars import current_version
from sla import services
from sla.models import Policy, Request, RequestEvent
from sla.selectors import numbers
from tests.flows import telegram
from tests.flows.world import CLIENT_ID, World, minutes, staff

# Tuesday, 10:00 in Moscow; the firm works Monday to Friday, nine to six.
TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def test_req_04_a_question_opens_a_request_with_telegrams_date(world: World) -> None:
    world.client_says("Когда будет акт сверки?", TEN)
    request = world.request()
    assert (request.state, request.opened_at) == ("open", TEN)
    assert request.due_at == TEN + minutes(60)
    assert request.warn_at == TEN + minutes(48)


def test_req_01_every_message_of_a_monitored_chat_is_logged(world: World) -> None:
    question = world.client_says("Где счёт?", TEN, **{"message_thread_id": 7, "is_topic_message": True})
    world.says(world.accountant, "", TEN + minutes(1), **telegram.DOCUMENT)
    logged = Message.objects.get(telegram_message_id=question["message_id"])
    assert (logged.text, logged.sender, logged.topic_id, logged.sent_at) == ("Где счёт?", "client", 7, TEN)
    assert Message.objects.get(sender="staff").file_name == "акт.pdf"


def test_req_01_an_edit_keeps_the_text_before_it(world: World) -> None:
    message = world.client_says("Пришлите акт за март", TEN)
    world.edits(message, "Пришлите акт за апрель", TEN + minutes(5))
    assert MessageRevision.objects.get().text == "Пришлите акт за март"
    assert Message.objects.get().text == "Пришлите акт за апрель"


def test_req_01_an_unmonitored_chat_leaves_no_text(world: World) -> None:
    world.chat.is_monitored = False
    world.chat.save()
    world.client_says("Где счёт?", TEN)
    world.chat.refresh_from_db()
    assert world.chat.last_message_at == TEN
    assert not Message.objects.exists()
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("sender", "fields"),
    [
        ("bot", {"sender": telegram.person(77, "Other", is_bot=True)}),
        ("anonymous_admin", {"sender": telegram.GROUP_ANONYMOUS_BOT, "itself": True}),
        ("ignored", {"sender": None, "channel": True}),
    ],
)
def test_req_02_bots_anonymous_admins_and_channels_open_nothing(
    world: World, sender: str, fields: dict[str, object]
) -> None:
    chat = telegram.group(world.chat.telegram_id)
    extra: dict[str, object] = {}
    if fields.get("itself"):
        extra["sender_chat"] = chat
    if fields.get("channel"):
        extra["sender_chat"] = {"id": -100777, "type": "channel", "title": "Новости"}
    world.receive(message=telegram.message(chat, fields["sender"], TEN, "Когда будет акт?", **extra))  # type: ignore[arg-type]
    assert Message.objects.get().sender == sender
    assert not Request.objects.exists()


def test_req_02_a_person_is_known_by_id_and_a_deactivated_one_is_a_client(world: World) -> None:
    world.accountant.is_active = False
    world.accountant.save()
    world.says(world.accountant, "Когда будет акт?", TEN)
    assert Message.objects.get().sender == "client"
    assert Request.objects.exists()


def test_req_04_what_the_client_adds_joins_and_does_not_move_the_timer(world: World) -> None:
    world.client_says("Где акт?", TEN)
    due = world.request().due_at
    world.client_says("И ещё счёт пришлите", TEN + minutes(20))
    world.client_says("ау", TEN + minutes(30))
    assert world.request().due_at == due
    assert world.request().request_messages.count() == 3


def test_req_04_topics_have_their_own_requests(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.client_says("Где счёт?", TEN, message_thread_id=5, is_topic_message=True)
    assert sorted(Request.objects.values_list("topic_id", flat=True)) == [0, 5]


def test_req_04_a_clarification_soon_after_staff_opens_nothing(world: World) -> None:
    world.says(world.accountant, "Пришлите сумму", TEN)
    world.client_says("48 300", TEN + minutes(9))
    assert not Request.objects.exists()
    world.client_says("48 301", TEN + minutes(11))
    assert world.request().opened_at == TEN + minutes(11)


@pytest.mark.parametrize("text", ["ок", "👍", "Здравствуйте!", "Спасибо большое!", "Добрый день"])
def test_req_04_noise_and_thanks_open_nothing(world: World, text: str) -> None:
    world.client_says(text, TEN)
    assert not Request.objects.exists()


def test_req_04_thanks_with_a_question_is_a_request(world: World) -> None:
    world.client_says("спасибо, а когда будет готово?", TEN)
    assert world.request().is_open


def test_req_05_an_edit_into_a_question_opens_a_request_with_the_edits_date(world: World) -> None:
    message = world.client_says("спасибо", TEN)
    world.edits(message, "спасибо, а где акт?", TEN + minutes(3))
    assert world.request().opened_at == TEN + minutes(3)


def test_req_05_an_edit_never_moves_a_running_timer(world: World) -> None:
    message = world.client_says("Где акт?", TEN)
    world.edits(message, "Где акт и счёт?", TEN + minutes(30))
    assert world.request().opened_at == TEN


def test_req_06_a_request_keeps_the_terms_under_which_it_was_opened(world: World) -> None:
    world.client_says("Где акт?", TEN)
    before = Request.objects.values().get()
    Policy.objects.update(target_minutes=5)
    assert Request.objects.values().get() == before
    request = world.request()
    assert (request.policy_name, request.target_minutes) == ("Стандарт", 60)
    assert request.on_duty == [{"id": world.accountant.pk, "name": "Анна"}]


def test_req_06_a_changed_calendar_is_a_new_version_and_the_old_one_stays(world: World) -> None:
    world.client_says("Где акт?", TEN)
    version = world.request().calendar_version
    calendar = version.calendar
    calendar.weekly = calendar.weekly | {"2": "09:00-10:30"}
    calendar.save()
    assert current_version(calendar).number == version.number + 1
    version.refresh_from_db()
    assert version.weekly["2"] == "09:00-18:00"


def test_req_07_every_change_is_an_event_and_undo_puts_it_back(world: World) -> None:
    world.client_says("Где акт?", TEN)
    request = world.request()
    due = request.due_at
    services.resolve(request.pk, actor=world.manager, now=TEN + minutes(10), note="по телефону")
    services.reopen(request.pk, actor=world.manager, now=TEN + minutes(20))
    request.refresh_from_db()
    assert (request.state, request.due_at, request.fires_at) == ("open", due, request.warn_at)
    kinds = list(RequestEvent.objects.order_by("pk").values_list("kind", "actor__full_name"))
    assert kinds == [("opened", None), ("resolved", "Михаил"), ("reopened", "Михаил")]


def test_req_07_undo_is_refused_after_a_day_and_beside_a_newer_one(world: World) -> None:
    world.client_says("Где акт?", TEN)
    request = world.request()
    services.cancel(request.pk, actor=world.manager, now=TEN)
    with pytest.raises(services.TooLateToReopen):
        services.reopen(request.pk, actor=world.manager, now=TEN + timedelta(hours=25))
    world.client_says("Где счёт?", TEN + minutes(5))
    with pytest.raises(services.RequestAlreadyOpen):
        services.reopen(request.pk, actor=world.manager, now=TEN + minutes(6))


def test_req_09_numbers_count_working_time(world: World) -> None:
    friday_evening = datetime(2026, 11, 20, 14, 50, tzinfo=UTC)  # 17:50 in Moscow
    monday = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)  # 09:05
    world.client_says("Где акт?", friday_evening)
    open_one = numbers(world.request(), now=monday)
    assert (open_one.waited, open_one.left) == (minutes(15), minutes(45))
    world.says(world.accountant, "Отправила", monday)
    closed = numbers(world.request(), now=monday + timedelta(days=9))
    assert closed.waited == minutes(15)
    assert closed.waited_wall == monday - friday_evening
    assert world.request().closed_by == world.accountant


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Отправила на почту", {}),
        ("", telegram.VOICE),
        ("", telegram.VIDEO_NOTE),
        ("", telegram.PHOTO),
        ("", telegram.DOCUMENT),
    ],
)
def test_ans_01_words_voice_and_files_end_a_request(
    world: World, text: str, fields: dict[str, object]
) -> None:
    world.client_says("Где акт?", TEN)
    world.says(world.accountant, text, TEN + minutes(12), **fields)
    request = world.request()
    assert (request.state, request.closed_at, request.response_seconds) == (
        "answered",
        TEN + minutes(12),
        720,
    )


@pytest.mark.parametrize(("text", "fields"), [("", telegram.STICKER), ("/help", {})])
def test_ans_01_stickers_and_commands_do_not(world: World, text: str, fields: dict[str, object]) -> None:
    world.client_says("Где акт?", TEN)
    world.says(world.accountant, text, TEN + minutes(1), **fields)
    assert world.request().is_open


def test_ans_01_another_topic_does_not_end_it(world: World) -> None:
    world.client_says("Где акт?", TEN, message_thread_id=5, is_topic_message=True)
    world.says(world.accountant, "Готово", TEN + minutes(1))
    assert world.request().is_open


def test_ans_02_only_accepted_staff_end_it_and_others_are_shown(world: World) -> None:
    stranger = staff("Ольга", telegram_id=610)
    world.client_says("Где акт?", TEN)
    world.says(stranger, "Сейчас спрошу", TEN + minutes(1))
    assert world.request().is_open
    assert world.request().request_messages.get(part="other_staff").message.staff == stranger
    world.says(world.manager, "Высылаю", TEN + minutes(2))
    assert world.request().closed_by == world.manager


def test_ans_02_with_the_setting_any_staff_member_ends_it(world: World) -> None:
    Preference.objects.create(key="any_staff_answers", value=True)
    world.client_says("Где акт?", TEN)
    world.says(staff("Ольга", Role.OBSERVER, 610), "Готово", TEN + minutes(1))
    assert world.request().state == "answered"


def test_ans_03_it_ends_at_telegrams_date_however_late_it_is_processed(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(30))
    world.says(world.accountant, "Готово", TEN + minutes(20))
    assert world.request().response_seconds == 20 * 60


def test_ans_04_an_answer_at_due_is_in_time_and_a_second_later_is_late(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.says(world.accountant, "Готово", TEN + minutes(60))
    assert not world.request().is_late
    world.client_says("Где счёт?", TEN + minutes(90))
    world.says(world.accountant, "Готово", TEN + minutes(150) + timedelta(seconds=1))
    assert Request.objects.latest("pk").is_late


def test_ans_04_an_earlier_answer_that_comes_late_withdraws_the_breach(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(61))
    assert world.request().breached_at == TEN + minutes(60)
    world.says(world.accountant, "Готово", TEN + minutes(40))
    world.passes(TEN + minutes(62))
    assert world.request().breached_at is None
    assert RequestEvent.objects.filter(kind="breach_withdrawn").count() == 1
    assert "в срок" in world.texts_to(world.manager)[-1] or "cancelled" in {
        m.state for m in world.sent_to(world.manager)
    }


def test_ans_06_marked_as_resolved_by_hand_with_a_note(world: World) -> None:
    world.client_says("Где акт?", TEN)
    services.resolve(world.request().pk, actor=world.accountant, now=TEN + minutes(7), note="по телефону")
    request = world.request()
    assert (request.state, request.closed_by, request.close_note) == (
        "resolved",
        world.accountant,
        "по телефону",
    )
    with pytest.raises(services.RequestAlreadyClosed):
        services.resolve(request.pk, actor=world.manager, now=TEN + minutes(8))


def test_a_question_delivered_after_its_answer_is_answered_at_once(world: World) -> None:
    # BOT-03: what cannot be put in order any more takes its place by Telegram's dates.
    world.says(world.accountant, "Отправила", TEN + minutes(10), message_id=900_002)
    world.client_says("Где акт?", TEN, message_id=900_001)
    request = world.request()
    assert (request.state, request.opened_at, request.closed_at) == ("answered", TEN, TEN + minutes(10))


def test_a_question_written_after_a_late_delivered_answer_opens_anew(world: World) -> None:
    # ANS-03: the answer counts by its date, so what the client wrote after it is not answered by it.
    world.client_says("Где акт?", TEN)
    world.client_says("А когда счёт?", TEN + minutes(20))
    world.says(world.accountant, "Акт отправила", TEN + minutes(10))
    first, second = Request.objects.order_by("opened_at")
    assert (first.state, first.closed_at) == ("answered", TEN + minutes(10))
    assert (second.state, second.opened_at) == ("open", TEN + minutes(20))


def test_an_earlier_question_that_comes_late_moves_the_opening_back(world: World) -> None:
    # REQ-04: it opens with the first message that needs an answer, by Telegram's clock.
    world.client_says("А счёт где?", TEN + minutes(10))
    world.client_says("Где акт?", TEN)
    assert (world.request().opened_at, world.request().due_at) == (TEN, TEN + minutes(60))


def test_bot_02_a_repeated_update_has_no_second_effect(world: World) -> None:
    chat, client = telegram.group(world.chat.telegram_id), telegram.person(CLIENT_ID)
    update = telegram.update(message=telegram.message(chat, client, TEN, "Где акт?"))
    for _ in range(3):
        world.post(update)
    world.receive(message=update["message"])  # the same message under another update
    assert Message.objects.count() == Request.objects.count() == 1
