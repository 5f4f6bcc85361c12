"""Conversations of clients with their accountants through the bot in private (CLI-10)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.calls import Accepted
from bot.failures import Failure, Meaning
from bot.models import OutgoingMessage, WaitingOrder
from bot.results import accepted, failed, write_outcomes
from bot.services.deliveries import Letter
from bot.services.resending import can_send_again
from buhbot.erasing import erase_client
from buhbot.models import Absence, Assignment, AuditEntry, Chat, ChosenChat, Membership, Message, User
from sla.models import Request
from templates_app.models import FaqItem, ReceivedFile, Template
from tests.flows import telegram
from tests.flows.telegram import Json
from tests.flows.test_which_chat import choose, member
from tests.flows.world import CHAT_ID, CLIENT_ID, World, _other_chat, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
QUESTION = "Когда будет акт?"


@pytest.fixture(autouse=True)
def _known(world: World) -> None:
    """The client is a member of the group."""
    world.receive(chat_member=member(world.chat, CLIENT_ID, "member", TEN - minutes(60)))


def private(world: World, who: int, text: str, at: datetime, **fields: Any) -> Json:
    """Somebody writes to the bot in private."""
    message = telegram.message(telegram.private(who), telegram.person(who), at, text, **fields)
    world.receive(message=message)
    assert not world.failed()
    return message


def asks(world: World, text: str = QUESTION, at: datetime = TEN, **fields: Any) -> Json:
    return private(world, CLIENT_ID, text, at, **fields)


def copies(person: User) -> list[OutgoingMessage]:
    """What a staff member got of clients' private messages."""
    rows = OutgoingMessage.objects.filter(recipient=person, subject__startswith="private:")
    return list(rows.filter(edits=None).order_by("pk"))


def replies(world: World, person: User, text: str, at: datetime, **fields: Any) -> Json:
    """A staff member replies to the last copy that they got."""
    world.all_sent()
    return replies_to(world, person, copies(person)[-1], text, at, **fields)


def replies_to(
    world: World, person: User, row: OutgoingMessage, text: str, at: datetime, **fields: Any
) -> Json:
    row.refresh_from_db()
    replied = telegram.message(
        telegram.private(person.telegram_id or 0),
        telegram.person(1, "BuhBot", is_bot=True),
        TEN,
        "…",
        message_id=row.telegram_message_id,
    )
    return private(world, person.telegram_id or 0, text, at, reply_to_message=replied, **fields)


def to_client(who: int = CLIENT_ID) -> list[OutgoingMessage]:
    """What the bot says to the client in private."""
    rows = OutgoingMessage.objects.filter(chat__telegram_id=who, audience="client")
    return list(rows.order_by("pk"))


def last_text(person: User) -> str:
    """What a staff member reads last, whether a message or an edit."""
    row = OutgoingMessage.objects.filter(recipient=person).order_by("-pk")[0]
    return str(row.payload.get("text", row.payload.get("caption", "")))


def test_cli_10_a_private_question_opens_a_request_in_the_chat(world: World) -> None:
    asks(world)
    request = world.request()
    assert (request.chat, request.origin, request.opened_at) == (world.chat, "private", TEN)
    logged = Message.objects.get()
    assert (logged.chat, logged.private_with, logged.telegram_chat_id) == (world.chat, CLIENT_ID, CLIENT_ID)
    assert logged.classification.label == "REQUEST"


def test_cli_10_it_joins_the_request_that_is_open_in_the_group(world: World) -> None:
    world.client_says(QUESTION, TEN)
    asks(world, "И ещё счёт нужен", TEN + minutes(5))
    request = world.request()
    assert (request.origin, request.opened_at, request.request_messages.count()) == ("chat", TEN, 2)


def test_cli_10_the_accountant_gets_it_with_chat_client_and_number(world: World) -> None:
    asks(world, "Где <акт>?")
    (copy,) = copies(world.accountant)
    text = copy.payload["text"]
    for part in ("ООО «Ромашка»", "Дарья", f"№ {world.request().pk}", "Где &lt;акт&gt;?", "Ответьте на это"):
        assert part in text
    assert copy.audience == "staff"
    assert copies(world.manager) == copies(world.admin) == []
    assert to_client() == []  # no acknowledgement, and no internal notice


def test_cli_10_thanks_are_passed_on_but_open_nothing(world: World) -> None:
    asks(world, "Спасибо!")
    assert not Request.objects.exists()
    assert len(copies(world.accountant)) == 1


@pytest.mark.parametrize("content", [telegram.VOICE, telegram.PHOTO, telegram.DOCUMENT])
def test_cli_10_files_and_voice_are_copied_with_a_caption(world: World, content: Any) -> None:
    sent = asks(world, "", **content)
    (copy,) = copies(world.accountant)
    assert copy.method == "copyMessage"
    assert (copy.payload["from_chat_id"], copy.payload["message_id"]) == (CLIENT_ID, sent["message_id"])
    assert "ООО «Ромашка»" in copy.payload["caption"]
    assert "[" not in copy.payload["caption"]


@pytest.mark.parametrize("content", [telegram.STICKER, telegram.VIDEO_NOTE])
def test_cli_10_what_has_no_caption_follows_a_line_on_who_wrote(world: World, content: Any) -> None:
    asks(world, "", **content)
    told, copy = copies(world.accountant)
    assert (told.method, copy.method) == ("sendMessage", "copyMessage")
    assert "caption" not in copy.payload
    replies_to(world, world.accountant, _sent(world, copy), "Отвечаю", TEN + minutes(5))
    assert [row.payload["text"] for row in to_client()] == ["Отвечаю"]


def _sent(world: World, row: OutgoingMessage) -> OutgoingMessage:
    world.all_sent()
    return row


def test_fil_01_a_private_file_is_noted_and_its_receipt_comes_in_private(world: World) -> None:
    sent = asks(world, "", TEN, **telegram.DOCUMENT)
    assert ReceivedFile.objects.get().chat == world.chat
    (receipt,) = to_client()
    assert "акт.pdf" in receipt.payload["text"]
    assert receipt.payload["reply_parameters"]["message_id"] == sent["message_id"]
    assert world.sent_to(world.chat) == []


def test_cli_10_a_reply_goes_to_the_client_and_ends_the_request_at_its_date(world: World) -> None:
    asked = asks(world)
    replies(world, world.accountant, "Акт <завтра>", TEN + minutes(7))
    (answer,) = to_client()
    assert (answer.payload["text"], answer.audience) == ("Акт &lt;завтра&gt;", "client")
    assert answer.payload["reply_parameters"]["message_id"] == asked["message_id"]
    request = world.request()
    assert (request.state, request.closed_at) == ("answered", TEN + minutes(7))
    assert (request.closed_by, request.response_seconds) == (world.accountant, 420)
    said = Message.objects.get(sender="staff")
    assert (said.chat, said.staff, said.private_with) == (world.chat, world.accountant, CLIENT_ID)
    assert world.sent_to(world.chat) == []


@pytest.mark.parametrize("content", [telegram.VOICE, telegram.PHOTO, telegram.DOCUMENT, telegram.VIDEO_NOTE])
def test_cli_10_files_and_voice_are_answers_too(world: World, content: Any) -> None:
    asks(world)
    sent = replies(world, world.accountant, "", TEN + minutes(7), **content)
    (answer,) = to_client()
    assert answer.method == "copyMessage"
    assert (answer.payload["from_chat_id"], answer.payload["message_id"]) == (601, sent["message_id"])
    assert world.request().state == "answered"


def test_ans_01_a_sticker_is_passed_on_but_ends_nothing(world: World) -> None:
    asks(world)
    replies(world, world.accountant, "", TEN + minutes(7), **telegram.STICKER)
    assert to_client()[0].method == "copyMessage"
    assert world.request().is_open
    assert "запрос открыт" in last_text(world.accountant)


def test_cli_10_bold_words_stay_bold(world: World) -> None:
    asks(world)
    bold = [{"type": "bold", "offset": 0, "length": 3}]
    replies(world, world.accountant, "Акт завтра", TEN + minutes(7), entities=bold)
    assert to_client()[0].payload["text"] == "<b>Акт</b> завтра"


@pytest.fixture
def second(world: World) -> User:
    """Another accountant of the chat."""
    other = staff("Борис", telegram_id=605)
    Assignment.objects.create(chat=world.chat, user=other, duty="accountant", told_at=TEN)
    return other


def test_cli_10_all_on_duty_get_it_and_see_that_it_was_answered(world: World, second: User) -> None:
    asks(world)
    replies(world, world.accountant, "Акт завтра", TEN + minutes(7))
    edit = OutgoingMessage.objects.get(recipient=second, method="editMessageText")
    assert "✅" in edit.payload["text"]
    assert "Анна" in edit.payload["text"]
    assert "Ответьте на это" not in edit.payload["text"]


def test_cli_10_a_second_answer_is_delivered_and_ends_nothing_twice(world: World, second: User) -> None:
    asks(world)
    world.all_sent()
    replies(world, world.accountant, "Акт завтра", TEN + minutes(7))
    replies(world, second, "И счёт тоже", TEN + minutes(8))
    assert [row.payload["text"] for row in to_client()] == ["Акт завтра", "И счёт тоже"]
    request = world.request()
    assert (request.closed_by, request.closed_at) == (world.accountant, TEN + minutes(7))


def test_ans_03_an_earlier_answer_that_is_delivered_later_is_the_true_one(world: World, second: User) -> None:
    asks(world)
    world.all_sent()
    replies(world, world.accountant, "Акт завтра", TEN + minutes(7))
    replies(world, second, "Уже отправил", TEN + minutes(5))
    request = world.request()
    assert (request.closed_by, request.closed_at) == (second, TEN + minutes(5))
    assert len(to_client()) == 2


def test_stf_03_the_substitute_gets_it_and_may_answer(world: World) -> None:
    other = staff("Борис", telegram_id=605)
    now = datetime.now(UTC)
    Absence.objects.create(
        user=world.accountant,
        substitute=other,
        starts_at=min(TEN, now) - minutes(600),
        ends_at=max(TEN, now) + minutes(6000),
        created_at=TEN,
    )
    asks(world)
    assert copies(world.accountant) == []
    replies(world, other, "Акт завтра", TEN + minutes(7))
    assert world.request().closed_by == other


def test_cli_10_when_no_accountant_can_be_reached_the_manager_gets_it(world: World) -> None:
    User.objects.filter(pk=world.accountant.pk).update(unreachable_since=TEN)
    Assignment.objects.filter(user=world.manager).delete()  # in charge of the firm, with no duty in the chat
    asks(world)
    replies(world, world.manager, "Акт завтра", TEN + minutes(7))
    assert world.request().closed_by == world.manager


def test_cli_10_who_lost_the_chat_in_between_sends_nothing(world: World, second: User) -> None:
    asks(world)
    Assignment.objects.filter(user=second).delete()
    replies(world, second, "Акт завтра", TEN + minutes(7))
    assert to_client() == []
    assert world.request().is_open
    assert "больше не ведёте" in last_text(second)
    assert AuditEntry.objects.get(kind="refused").actor == second


def test_cli_10_a_chat_that_is_not_monitored_any_more_takes_no_answer(world: World) -> None:
    asks(world)
    Chat.objects.filter(pk=world.chat.pk).update(is_monitored=False)
    replies(world, world.accountant, "Акт завтра", TEN + minutes(7))
    assert to_client() == []
    assert "не под наблюдением" in last_text(world.accountant)


def test_cli_10_a_reply_to_something_else_is_explained(world: World) -> None:
    asks(world)
    world.passes(TEN + minutes(48))
    world.all_sent()
    alert = next(row for row in world.sent_to(world.accountant) if row.alerts.exists())
    replies_to(world, world.accountant, alert, "Акт завтра", TEN + minutes(50))
    assert to_client() == []
    assert "начинаются с 💬" in last_text(world.accountant)


@pytest.mark.parametrize(("text", "why"), [("/queue", "№"), ("/nothing", "Команды")])
def test_cli_10_a_command_is_never_passed_on(world: World, text: str, why: str) -> None:
    asks(world)
    replies(world, world.accountant, text, TEN + minutes(7))
    assert to_client() == []
    assert why in last_text(world.accountant)


def test_cli_10_what_cannot_be_passed_on_is_explained(world: World) -> None:
    asks(world)
    replies(world, world.accountant, "", TEN + minutes(7), dice={"emoji": "🎲", "value": 3})
    assert to_client() == []
    assert "я передать не могу" in last_text(world.accountant)


def test_stf_02_staff_who_reply_to_nothing_get_help_as_before(world: World) -> None:
    private(world, 601, "Привет", TEN)
    assert "/queue" in last_text(world.accountant)


def test_sec_11_somebody_elses_copy_is_no_door(world: World) -> None:
    """A client who replies to a number that is a copy in an accountant's chat answers nobody."""
    asks(world)
    (copy,) = copies(world.accountant)
    world.all_sent()
    copy.refresh_from_db()
    replied = telegram.message(
        telegram.private(777), telegram.person(1, is_bot=True), TEN, "…", message_id=copy.telegram_message_id
    )
    private(world, 777, "Акт завтра", TEN + minutes(7), reply_to_message=replied)
    assert to_client() == []
    assert world.request().is_open


def refuse(world: World, row: OutgoingMessage, at: datetime) -> None:
    """Telegram says that the client has blocked the bot."""
    OutgoingMessage.objects.filter(pk=row.pk).update(state="sending")
    row.refresh_from_db()
    failure = Failure(Meaning.UNREACHABLE, "Forbidden: bot was blocked by the user")
    write_outcomes([failed(Letter(row, chat_id=CLIENT_ID), failure, at=at)])


def test_cli_10_what_is_not_delivered_opens_the_request_again_and_is_told(world: World, second: User) -> None:
    asks(world)
    replies(world, world.accountant, "Акт завтра", TEN + minutes(7))
    refuse(world, to_client()[0], TEN + minutes(8))
    request = world.request()
    assert (request.state, request.closed_by, request.answer) == ("open", None, None)
    assert "не доставлен" in last_text(world.accountant)
    assert "снова открыт" in last_text(world.accountant)
    assert Message.objects.get(staff=world.accountant).sender == "undelivered"
    row = to_client()[0]
    assert not can_send_again(row)
    assert "Ответьте на это" in last_text(second)
    world.passes(TEN + minutes(60))
    assert world.levels()


def test_cli_10_an_answer_that_was_delivered_since_stays(world: World, second: User) -> None:
    asks(world)
    world.all_sent()
    replies(world, world.accountant, "Акт завтра", TEN + minutes(7))
    replies(world, second, "Акт готов", TEN + minutes(9))
    refuse(world, to_client()[0], TEN + minutes(10))
    request = world.request()
    assert (request.state, request.closed_by, request.closed_at) == ("answered", second, TEN + minutes(9))


def test_tpl_02_a_template_answers_in_private(world: World) -> None:
    made = Template.objects.create(shortcut="акт", title="Акт", text="{{client_name}}: акт <завтра>")
    asks(world)
    replies(world, world.accountant, "/template акт", TEN + minutes(7))
    (answer,) = to_client()
    assert answer.payload["text"] == "ООО «Ромашка»: акт &lt;завтра&gt;"
    assert world.request().closed_at == TEN + minutes(7)
    assert Message.objects.get(sender="staff").text == "ООО «Ромашка»: акт <завтра>"
    made.refresh_from_db()
    assert made.usage_count == 1
    refuse(world, answer, TEN + minutes(8))
    assert world.request().is_open


def test_tpl_02_an_unknown_template_or_a_reply_elsewhere_is_explained(world: World) -> None:
    asks(world)
    replies(world, world.accountant, "/template нет-такого", TEN + minutes(7))
    assert "Шаблона «нет-такого» нет" in last_text(world.accountant)
    help_row = world.sent_to(world.accountant)[-1]
    world.all_sent()
    replies_to(world, world.accountant, help_row, "/template акт", TEN + minutes(8))
    assert "начинаются с 💬" in last_text(world.accountant)
    assert to_client() == []


def test_cli_10_a_repeated_update_does_nothing_twice(world: World) -> None:
    asked = asks(world)
    world.receive(message=asked)
    assert len(copies(world.accountant)) == 1
    answer = replies(world, world.accountant, "Акт завтра", TEN + minutes(7))
    world.receive(message=answer)
    assert len(to_client()) == 1
    assert Message.objects.count() == 2


def test_cli_10_an_answer_that_staff_edit_is_edited_for_the_client(world: World) -> None:
    asks(world)
    answer = replies(world, world.accountant, "Акт завтра", TEN + minutes(7))
    world.all_sent()
    world.edits(answer, "Акт послезавтра", TEN + minutes(9))
    edit = OutgoingMessage.objects.get(chat__telegram_id=CLIENT_ID, method="editMessageText")
    assert (edit.payload["text"], edit.audience) == ("Акт послезавтра", "client")
    assert Message.objects.get(sender="staff").revisions.get().text == "Акт завтра"
    assert not world.failed()


def test_cli_10_an_answer_that_is_edited_before_it_left_leaves_edited(world: World) -> None:
    asks(world)
    answer = replies(world, world.accountant, "Акт завтра", TEN + minutes(7))
    world.edits(answer, "Акт послезавтра", TEN + minutes(9))
    assert [row.payload["text"] for row in to_client()] == ["Акт послезавтра"]


def test_cli_10_the_caption_of_an_answer_is_edited_a_new_file_is_not_passed_on(world: World) -> None:
    asks(world)
    answer = replies(world, world.accountant, "", TEN + minutes(7), caption="Акт", **telegram.DOCUMENT)
    world.all_sent()
    edited = answer | {"caption": "Акт за май", "edit_date": int((TEN + minutes(8)).timestamp())}
    world.receive(edited_message=edited)
    edit = OutgoingMessage.objects.get(chat__telegram_id=CLIENT_ID, method="editMessageCaption")
    assert edit.payload["caption"] == "Акт за май"
    other = edited | telegram.PHOTO | {"edit_date": int((TEN + minutes(9)).timestamp())}
    world.receive(edited_message=other)
    assert "прежний файл" in last_text(world.accountant)


def test_req_05_an_edited_private_message_is_classified_again_and_shown(world: World) -> None:
    asked = asks(world, "Спасибо!")
    world.all_sent()
    world.edits(asked, QUESTION, TEN + minutes(2))
    request = world.request()
    assert (request.opened_at, request.origin) == (TEN + minutes(2), "private")
    assert QUESTION in last_text(world.accountant)
    assert "(изменено)" in last_text(world.accountant)


def test_cli_10_a_message_waits_until_the_chat_is_chosen_and_keeps_its_date(world: World) -> None:
    chat = _other_chat(world, 1, "ИП Петров")
    world.receive(chat_member=member(chat, CLIENT_ID, "member", TEN - minutes(60)))
    asks(world)
    asks(world, "И счёт", TEN + minutes(1))
    assert not Message.objects.exists()
    assert len(to_client()) == 1  # asked once
    choose(world, "ИП Петров")
    request = world.request()
    assert (request.chat, request.opened_at, request.request_messages.count()) == (chat, TEN, 2)
    assert not WaitingOrder.objects.exists()
    assert "ИП Петров" in copies(world.accountant)[0].payload["text"]
    asks(world, "Ещё вопрос", TEN + minutes(3))
    assert len([row for row in to_client() if row.method == "sendMessage"]) == 1


def waits(world: World, so_long: int) -> None:
    """Let what waits for a choice be so many minutes old, and the announcer look."""
    WaitingOrder.objects.update(received_at=TEN)
    world.passes(TEN + minutes(so_long))


def test_cli_10_what_is_assigned_to_no_chat_goes_to_the_last_one_after_ten_minutes(world: World) -> None:
    chat = _other_chat(world, 1, "ИП Петров")
    group = telegram.group(chat.telegram_id, chat.title)
    world.receive(message=telegram.message(group, telegram.person(CLIENT_ID), TEN - minutes(5), "Спасибо"))
    asks(world)
    waits(world, 9)
    assert not Request.objects.exists()
    waits(world, 10)
    request = world.request()
    assert (request.chat, request.opened_at, request.origin) == (chat, TEN, "private")
    assert "ИП Петров" in to_client()[-1].payload["text"]
    assert QUESTION in copies(world.accountant)[0].payload["text"]
    assert not WaitingOrder.objects.exists()
    assert not ChosenChat.objects.exists()  # a guess is no choice
    waits(world, 30)
    assert len(copies(world.accountant)) == 1


def test_cli_10_who_left_all_chats_meanwhile_reads_what_to_do(world: World) -> None:
    chat = _other_chat(world, 1, "ИП Петров")
    world.receive(chat_member=member(chat, CLIENT_ID, "member", TEN - minutes(30)))
    asks(world)
    Chat.objects.update(is_monitored=False)
    waits(world, 10)
    assert "Напишите что-нибудь в группе" in to_client()[-1].payload["text"]
    assert not WaitingOrder.objects.exists()


def test_cli_10_who_has_no_chat_reads_what_to_do(world: World) -> None:
    private(world, 990, QUESTION, TEN)
    (told,) = to_client(990)
    assert "Напишите что-нибудь в группе" in told.payload["text"]
    assert not Message.objects.exists()
    assert copies(world.accountant) == []


def test_cht_04_who_writes_again_has_not_blocked_the_bot_any_more(world: World) -> None:
    asks(world)
    place = Chat.objects.filter(telegram_id=CLIENT_ID)
    place.update(unreachable_since=TEN, unreachable_reason="blocked", life_cycle="left", life_cycle_since=TEN)
    asks(world, "Ау", TEN + minutes(5))
    found = place.get()
    assert (found.unreachable_since, found.life_cycle) == (None, "active")


def test_tim_05_the_conversation_goes_on_in_the_supergroup(world: World) -> None:
    asks(world)
    moved = telegram.message(
        telegram.group(CHAT_ID), telegram.person(CLIENT_ID), TEN, migrate_to_chat_id=-1009998
    )
    world.receive(message=moved)
    replies(world, world.accountant, "Акт завтра", TEN + minutes(7))
    assert len(to_client()) == 1
    assert world.request().state == "answered"


def test_ans_05_a_frequent_question_in_private_is_answered_there(world: World) -> None:
    FaqItem.objects.create(question="Когда сдавать декларацию по НДС?", answer="До 25 числа.")
    now = datetime.now(UTC).replace(microsecond=0)
    asks(world, "Когда сдавать декларацию по НДС?", now)
    given = to_client()[0]  # in the evening the hours follow
    assert "До 25 числа" in given.payload["text"]
    world.all_sent()
    world.presses(CLIENT_ID, "👍 Помогло", given)
    assert world.request().state == "answered"
    assert world.sent_to(world.chat) == []


def test_req_01_a_question_in_private_after_its_answer_in_the_group_is_one_conversation(world: World) -> None:
    world.client_says(QUESTION, TEN)
    asks(world, "Ау, когда?", TEN + minutes(2))
    world.says(world.accountant, "Акт завтра", TEN + minutes(5))
    request = world.request()
    assert (request.state, request.closed_at) == ("answered", TEN + minutes(5))


def test_bot_06_who_floods_is_not_answered_but_heard(world: World, no_flood: None) -> None:
    now = datetime.now(UTC)
    for _ in range(31):
        private(world, CLIENT_ID, "/menu", now)
    sent = len(to_client())
    asks(world, QUESTION, now)
    assert world.request().origin == "private"
    assert len(copies(world.accountant)) == 1
    assert len(to_client()) == sent


def test_bot_06_the_answer_of_staff_who_flood_reaches_the_client(world: World, no_flood: None) -> None:
    now = datetime.now(UTC)
    asks(world, QUESTION, now)
    for _ in range(31):
        private(world, 601, "/whoami", now)
    replies(world, world.accountant, "Завтра", now + minutes(1))
    assert to_client()[-1].payload["text"] == "Завтра"
    assert world.request().state == "answered"


def test_bot_06_the_keyboards_buttons_are_no_words_when_they_are_not_answered(
    world: World, no_flood: None
) -> None:
    now = datetime.now(UTC)
    for _ in range(35):
        asks(world, "📎 Статус документов", now)
    assert (len(to_client()), copies(world.accountant), Message.objects.count()) == (30, [], 0)


def test_req_01_what_the_bot_says_in_private_is_logged_in_the_clients_chat(world: World) -> None:
    document = {"file_id": "d", "file_unique_id": "ud", "file_name": "акт.pdf", "file_size": 9}
    asks(world, "", document=document)
    (receipt,) = to_client()
    write_outcomes([accepted(Letter(receipt, CLIENT_ID), Accepted(77, "Получили", TEN), at=TEN)])
    logged = Message.objects.get(sender="bot")
    assert (logged.chat, logged.private_with, logged.text) == (world.chat, CLIENT_ID, "Получили")
    assert (logged.telegram_chat_id, logged.telegram_message_id) == (CLIENT_ID, 77)


def test_sec_14_a_private_conversation_is_nobodys_after_the_erasure(world: World) -> None:
    document = {"file_id": "d", "file_unique_id": "ud", "file_name": "акт.pdf", "file_size": 9}
    asks(world, "", document=document)
    asks(world, QUESTION, TEN + minutes(1))
    replies(world, world.accountant, "Завтра", TEN + minutes(5))
    world.all_sent()
    erase_client(CLIENT_ID, actor=world.admin, now=TEN + minutes(6))
    assert not Message.objects.filter(private_with=CLIENT_ID).exists()
    assert not Message.objects.filter(telegram_chat_id=CLIENT_ID).exists()
    assert not Membership.objects.filter(telegram_id=CLIENT_ID).exists()
    assert not ReceivedFile.objects.exists()
    assert world.request().state == "answered"


def test_cli_06_what_was_written_in_private_is_quoted_to_its_writer_only(world: World) -> None:
    asks(world)
    world.says(777, "/status", TEN + minutes(1))
    assert QUESTION not in world.sent_to(world.chat)[-1].payload["text"]
    assert "написано мне лично" in world.sent_to(world.chat)[-1].payload["text"]
    asks(world, "/status", TEN + minutes(2))
    assert QUESTION in to_client()[-1].payload["text"]
