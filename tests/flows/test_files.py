"""Files of clients: receipts, notices for the accountant, copies, what becomes of them (FIL-01, FIL-02, FIL-04)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models.functions import Now

from bot.announcer import announce
from bot.models import OutgoingMessage
from buhbot.models import Absence, Chat
from templates_app.models import FileEvent, ReceivedFile
from tests.flows import telegram
from tests.flows.telegram import Json
from tests.flows.world import CLIENT_ID, World, buttons, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
WORK, DONE, RETURN = "В работу", "Готово", "Вернуть"
PRESSED_AT, REPLIED_AT = TEN + minutes(5), TEN + minutes(6)
MIB = 1024 * 1024


def document(
    name: str = "акт.pdf", *, size: int | None = 120 * 1024, unique: str = "ud1", mime: str = ""
) -> Json:
    content: Json = {
        "file_id": f"id-{unique}",
        "file_unique_id": unique,
        "file_name": name,
        "file_size": size,
    }
    return {"document": content | ({"mime_type": mime} if mime else {})}


def photo(unique: str = "up1", size: int = 80_000) -> Json:
    sizes = [
        {"file_id": f"s{unique}", "file_unique_id": f"s{unique}", "width": 90, "height": 67, "file_size": 900}
    ]
    large = {"file_id": unique, "file_unique_id": unique, "width": 800, "height": 600, "file_size": size}
    return {"photo": [*sizes, large]}


def sends(world: World, content: Json, at: datetime = TEN, **fields: Any) -> Json:
    """The client sends a file, and the bot takes it at once."""
    with time_machine.travel(at, tick=False):
        return world.says(CLIENT_ID, "", at, **content, **fields)


def receipts(world: World) -> list[OutgoingMessage]:
    rows = OutgoingMessage.objects.filter(chat=world.chat, subject__startswith="receipt:")
    return list(rows.order_by("pk"))


def text_of(message: OutgoingMessage) -> str:
    return str(message.payload["text"])


def notices(world: World) -> list[OutgoingMessage]:
    rows = OutgoingMessage.objects.filter(recipient=world.accountant, subject__startswith="files:")
    return list(rows.order_by("pk"))


def tell(world: World, at: datetime = TEN) -> OutgoingMessage:
    """Let the accountant hear of the files; return the notice as it was sent."""
    announce(at + timedelta(seconds=3))
    world.all_sent()
    return notices(world)[0]


def press(world: World, button: str, at: datetime = PRESSED_AT, who: Any = None) -> str:
    """Press a button under the first notice, and let what it does be told."""
    with time_machine.travel(at, tick=False):
        toast = world.presses(who or world.accountant, button, notices(world)[0])
    announce(at + timedelta(seconds=1))
    return toast


def reply(world: World, text: str, to: OutgoingMessage, at: datetime = REPLIED_AT, **fields: Any) -> None:
    """The accountant replies to a message of the bot in private."""
    person = world.accountant.telegram_id or 0
    to.refresh_from_db()
    original = telegram.message(
        telegram.private(person), telegram.person(1, is_bot=True), at, "…", message_id=to.telegram_message_id
    )
    said = telegram.message(
        telegram.private(person), telegram.person(person), at, text, reply_to_message=original, **fields
    )
    with time_machine.travel(at, tick=False):
        world.receive(message=said)
    announce(at + timedelta(seconds=1))


def test_fil_01_a_document_gets_a_receipt_as_a_reply(world: World) -> None:
    sent = sends(world, document("акт <1>.pdf"))
    (receipt,) = receipts(world)
    assert text_of(receipt) == "📎 Получили в 10:00: документ <b>акт &lt;1&gt;.pdf</b>, 120,0\xa0КБ"
    assert receipt.payload["reply_parameters"]["message_id"] == sent["message_id"]
    assert receipt.not_before <= receipt.created_at
    file = ReceivedFile.objects.get()
    assert (file.kind, file.state, file.copy, file.size_bytes) == (
        "document",
        "received",
        "waiting",
        120 * 1024,
    )
    assert (file.sender_name, file.received_at) == ("Дарья", TEN)


@pytest.mark.parametrize("content", [telegram.VOICE, telegram.VIDEO_NOTE])
def test_fil_01_speech_is_kept_without_a_word(world: World, content: Json) -> None:
    sends(world, content)
    announce(TEN + minutes(1))
    assert ReceivedFile.objects.get().copy == "waiting"
    assert receipts(world) == notices(world) == []


@pytest.mark.parametrize("content", [telegram.STICKER, {"location": {"latitude": 1.0, "longitude": 2.0}}])
def test_fil_01_what_is_no_file_is_left_alone(world: World, content: Json) -> None:
    sends(world, content)
    assert not ReceivedFile.objects.exists()


def test_fil_01_receipts_can_be_switched_off_for_a_chat(world: World) -> None:
    Chat.objects.update(sends_receipts=False)
    sends(world, document())
    assert receipts(world) == []
    assert tell(world)  # the accountant hears of it all the same


def test_fil_01_files_of_staff_and_of_unwatched_chats_are_not_collected(world: World) -> None:
    with time_machine.travel(TEN, tick=False):
        world.says(world.accountant, "", TEN, **document())
    Chat.objects.update(is_monitored=False)
    sends(world, document())
    assert not ReceivedFile.objects.exists()


def test_fil_01_an_album_gets_one_receipt_that_waits_two_seconds(world: World) -> None:
    first = sends(world, photo("a"), media_group_id="77")
    sends(world, document("счёт.pdf", unique="b"), media_group_id="77")
    sends(world, photo("c"), media_group_id="77", message_thread_id=1)
    (receipt,) = receipts(world)
    assert text_of(receipt).splitlines() == [
        "📎 Получили 3 файла в 10:00:",
        "1. фото, 78,1\xa0КБ",
        "2. документ <b>счёт.pdf</b>, 120,0\xa0КБ",
        "3. фото, 78,1\xa0КБ",
    ]
    assert receipt.payload["reply_parameters"]["message_id"] == first["message_id"]
    held = OutgoingMessage.objects.filter(pk=receipt.pk, not_before__gt=Now() + timedelta(seconds=1))
    assert held.filter(not_before__lte=Now() + timedelta(seconds=2)).exists()


def test_fil_01_a_latecomer_of_an_album_changes_the_receipt_that_was_sent(world: World) -> None:
    sends(world, photo("a"), media_group_id="77")
    world.all_sent()
    sends(world, photo("b"), media_group_id="77")
    first, edit = receipts(world)
    assert (edit.method, edit.edits) == ("editMessageText", first)
    assert "2 файла" in text_of(edit)


def test_fil_01_albums_of_two_chats_with_one_number_stay_apart(world: World) -> None:
    sends(world, photo("a"), media_group_id="77")
    other = Chat.objects.create(
        telegram_id=-5, kind="group", title="Б", tier=world.chat.tier, is_monitored=True, registered_at=TEN
    )
    message = telegram.message(
        telegram.group(-5, "Б"), telegram.person(9), TEN, media_group_id="77", **photo("b")
    )
    world.receive(message=message)
    assert "файла" not in text_of(receipts(world)[0])
    assert OutgoingMessage.objects.filter(chat=other, subject="receipt:77").count() == 1


def test_fil_01_the_same_file_again_is_marked(world: World) -> None:
    sends(world, document())
    sends(world, document("копия.pdf"), TEN + timedelta(days=1))
    again = receipts(world)[1]
    assert text_of(again).endswith("уже получали 24.11.2026")
    assert ReceivedFile.objects.latest("pk").duplicate_of == ReceivedFile.objects.earliest("pk")


def test_fil_01_what_another_client_sent_is_nobodys_business(world: World) -> None:
    other = Chat.objects.create(
        telegram_id=-5, kind="group", title="Б", tier=world.chat.tier, is_monitored=True, registered_at=TEN
    )
    world.receive(message=telegram.message(telegram.group(-5, "Б"), telegram.person(9), TEN, **document()))
    sends(world, document())
    assert "уже получали" not in text_of(receipts(world)[0])
    assert other.files.count() == world.chat.files.count() == 1


def test_fil_01_a_repeated_update_and_a_new_caption_change_nothing(world: World) -> None:
    sent = sends(world, document())
    world.receive(edited_message=sent | {"caption": "Вот акт", "edit_date": int(TEN.timestamp()) + 60})
    assert (ReceivedFile.objects.count(), len(receipts(world))) == (1, 1)


def test_fil_01_a_file_that_was_replaced_by_an_edit_is_another_file(world: World) -> None:
    sent = sends(world, document())
    world.all_sent()
    later = int(TEN.timestamp()) + 60
    world.receive(edited_message=sent | document("акт2.pdf", unique="ud2") | {"edit_date": later})
    assert list(ReceivedFile.objects.order_by("pk").values_list("name", flat=True)) == ["акт.pdf", "акт2.pdf"]
    assert "акт2.pdf" in text_of(receipts(world)[-1])


@pytest.mark.parametrize(
    ("content", "why", "told"),
    [
        (
            document(size=21 * MIB),
            "telegram_limit",
            "больше 20\xa0МБ: копию не храним, файл остаётся в Telegram",
        ),
        (document(size=11 * MIB), "too_large", "больше 10\xa0МБ: копию не храним, файл остаётся в Telegram"),
        (document("видео.mov", size=6 * MIB), "too_large", "больше 5\xa0МБ"),
        (document("Счёт.exe"), "type", "файлы такого типа не храним"),
        (document(size=0), "empty", "файл пуст"),
    ],
)
def test_fil_02_the_receipt_says_what_is_not_kept(world: World, content: Json, why: str, told: str) -> None:
    sends(world, content)
    file = ReceivedFile.objects.get()
    assert (file.copy, file.why) == ("left", why)
    assert told in text_of(receipts(world)[0])


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\Windows\\a.pdf", "/root/.ssh/id", "\u202efdp.exe", "\x00"]
)
def test_fil_03_a_name_is_never_a_path(world: World, name: str) -> None:
    sends(world, document(name))
    file = ReceivedFile.objects.get()
    assert not {"/", "\\", "\u202e", "\x00"} & set(file.name)
    assert len(receipts(world)) == 1


def test_fil_01_hostile_and_endless_names_do_no_harm(world: World) -> None:
    sends(world, document("<b>&" * 90 + ".pdf", mime="x" * 300))
    assert len(ReceivedFile.objects.get().name) <= 120
    assert "<b><b>" not in text_of(receipts(world)[0])
    assert world.failed() == []


def test_fil_04_the_accountant_on_duty_hears_of_a_file_once(world: World) -> None:
    sends(world, document("акт <1>.pdf"))
    announce(TEN + timedelta(seconds=1))
    assert notices(world) == []  # an album may still be coming
    tell(world)
    announce(TEN + timedelta(seconds=9))
    (notice,) = notices(world)
    assert "ООО «Ромашка»</a>\n📎 документ <b>акт &lt;1&gt;.pdf</b>, 120,0\xa0КБ" in text_of(notice)
    assert [button["text"] for button in buttons(notice)] == [WORK, DONE, RETURN, "Открыть"]
    assert not OutgoingMessage.objects.filter(recipient=world.manager, subject__startswith="files:").exists()


def test_fil_04_an_album_is_one_notice(world: World) -> None:
    sends(world, photo("a"), media_group_id="77")
    sends(world, photo("b"), media_group_id="77")
    tell(world)
    sends(world, photo("c"), TEN + minutes(1), media_group_id="77")
    announce(TEN + minutes(2))
    first, edit = notices(world)
    assert text_of(first).count("📎") == 2
    assert (edit.edits, text_of(edit).count("📎")) == (first, 3)


def test_fil_04_the_substitute_hears_of_files(world: World) -> None:
    other = staff("Борис", telegram_id=604)
    Absence.objects.create(
        user=world.accountant,
        substitute=other,
        starts_at=TEN - minutes(60),
        ends_at=TEN + minutes(600),
        told_at=TEN,
        created_at=TEN,
    )
    sends(world, document())
    announce(TEN + timedelta(seconds=3))
    assert notices(world) == []
    assert any("акт.pdf" in text for text in world.texts_to(other))


def test_fil_04_taken_into_work_and_done(world: World) -> None:
    sent = sends(world, document())
    tell(world)
    assert press(world, WORK) == "В работе"
    edit = notices(world)[-1]
    assert [button["text"] for button in buttons(edit)] == [DONE, RETURN, "Открыть"]
    assert "<i>в работе</i>" in text_of(edit)
    told = len(world.texts_to(world.chat))
    assert press(world, DONE, TEN + minutes(9)) == "Готово; клиенту сообщим"
    (answer,) = world.sent_to(world.chat)[told:]
    assert text_of(answer) == "✅ Готово: документ <b>акт.pdf</b>"
    assert answer.payload["reply_parameters"]["message_id"] == sent["message_id"]
    assert [button["text"] for button in buttons(notices(world)[-1])] == ["Открыть"]
    events = list(FileEvent.objects.values_list("state", "actor__full_name", "at"))
    assert events == [("in_work", "Анна", TEN + minutes(5)), ("done", "Анна", TEN + minutes(9))]


def test_fil_04_returned_with_the_words_of_the_reply(world: World) -> None:
    sends(world, document())
    tell(world)
    assert press(world, RETURN) == "Напишите, что с ним не так"
    world.all_sent()
    question = world.sent_to(world.accountant)[-1]
    assert question.payload["reply_markup"] == {"force_reply": True}
    reply(world, "Нет <подписи>", question)
    file = ReceivedFile.objects.get()
    assert (file.state, file.note) == ("returned", "Нет <подписи>")
    assert "Нет &lt;подписи&gt;" in world.texts_to(world.chat)[-1]
    assert any("клиент прочтёт, почему" in text for text in world.texts_to(world.accountant))


def test_fil_04_a_note_that_is_no_text_is_asked_for_again(world: World) -> None:
    sends(world, document())
    tell(world)
    press(world, RETURN)
    world.all_sent()
    question = world.sent_to(world.accountant)[-1]
    reply(world, "", question, REPLIED_AT, **telegram.VOICE)
    assert ReceivedFile.objects.get().state == "received"
    assert "должен быть текстом" in world.texts_to(world.accountant)[-1]


def test_fil_04_another_reply_of_staff_in_private_is_no_note(world: World) -> None:
    sends(world, document())
    notice = tell(world)
    reply(world, "Спасибо", notice)
    assert ReceivedFile.objects.get().state == "received"


def test_fil_04_an_album_is_told_of_as_one(world: World) -> None:
    for name in "аб":
        sends(world, document(f"{name}.pdf", unique=name), media_group_id="77")
    tell(world)
    told = len(world.texts_to(world.chat))
    press(world, DONE)
    assert world.texts_to(world.chat)[told:] == ["✅ Готово: документ <b>а.pdf</b>, документ <b>б.pdf</b>"]


def test_sec_11_a_colleague_of_another_chat_and_a_client_decide_nothing(world: World) -> None:
    sends(world, document())
    tell(world)
    stranger = staff("Борис", telegram_id=604)
    assert press(world, DONE, who=stranger) == "Эти файлы ведёт другой бухгалтер"
    Chat.objects.create(
        telegram_id=CLIENT_ID, kind="private", title="Д", tier=world.chat.tier, registered_at=TEN
    )
    press(world, DONE, who=CLIENT_ID)
    assert ReceivedFile.objects.get().state == "received"
    assert press(world, DONE, who=world.manager) == "Готово; клиенту сообщим"
    assert press(world, DONE) == "Уже решено: Михаил"


def test_fil_04_who_comes_second_reads_who_has_it(world: World) -> None:
    sends(world, document())
    tell(world)
    assert press(world, WORK, who=world.manager) == "В работе"
    assert press(world, WORK) == "Уже в работе: Михаил"
    assert FileEvent.objects.count() == 1


def test_fil_04_what_was_taken_back_at_once_is_not_told(world: World) -> None:
    sends(world, document())
    tell(world)
    told = len(world.texts_to(world.chat))
    with time_machine.travel(TEN + minutes(5), tick=False):
        world.presses(world.accountant, DONE, notices(world)[0])
    ReceivedFile.objects.update(state="in_work")
    announce(TEN + minutes(6))
    assert world.texts_to(world.chat)[told:] == []


@pytest.mark.parametrize(("why", "copy"), [("gone", "waiting"), ("too_large", "waiting"), ("type", "left")])
def test_fil_02_what_may_be_kept_the_second_time_is_tried_anew(world: World, why: str, copy: str) -> None:
    sends(world, document())
    ReceivedFile.objects.update(copy="left", why=why)
    sends(world, document(), TEN + timedelta(days=1))
    assert ReceivedFile.objects.latest("pk").copy == copy


def test_fil_01_the_type_of_an_office_file_is_kept_whole(world: World) -> None:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    sends(world, document("письмо.docx", mime=word))
    assert ReceivedFile.objects.get().mime_type == word
