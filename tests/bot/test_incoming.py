"""REQ-01: what is read of a message, from payloads as Telegram sends them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Message, Update

from bot.incoming import read
from buhbot.rules import IncomingMessage, speaker
from tests.updates import load


def incoming(name: str) -> IncomingMessage:
    update = Update.de_json(load(name), None)
    assert isinstance(update.effective_message, Message)
    return read(update.effective_message)


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("text", "text", "Когда будет акт сверки?"),
        ("text_with_links", "text", "Посмотрите nalog.gov.ru и @anna_buh, пожалуйста"),
        ("photo_with_caption", "photo", "Чек за октябрь"),
        ("album_photo", "photo", ""),
        ("document", "document", ""),
        ("document_with_caption", "document", "Проверьте, пожалуйста"),
        ("voice", "voice", ""),
        ("video_note", "video_note", ""),
        ("video", "video", "Склад"),
        ("audio", "audio", ""),
        ("animation", "animation", ""),
        ("sticker", "sticker", ""),
        ("contact", "contact", ""),
        ("location", "location", ""),
        ("venue", "location", ""),
        ("poll", "poll", ""),
        ("dice", "other", ""),
        ("forwarded", "text", "Оплата не прошла"),
        ("members_joined", "service", ""),
        ("member_left", "service", ""),
        ("title_changed", "service", ""),
        ("pinned", "service", ""),
        ("group_created", "service", ""),
        ("topic_created", "service", ""),
        ("migrated_to", "service", ""),
    ],
)
def test_req_01_the_kind_follows_what_is_attached_and_the_text_or_caption_is_kept(
    name: str, kind: str, text: str
) -> None:
    message = incoming(name)
    assert (message.kind, message.text) == (kind, text)


@pytest.mark.parametrize(
    ("name", "file_unique_id", "file_name"),
    [
        ("photo_with_caption", "AgADphoto_l", ""),
        ("document", "AgADdoc", "Акт сверки 2026.pdf"),
        ("animation", "AgADgif", "cat.mp4"),
        ("voice", "AgADvoice", ""),
        ("audio", "AgADaudio", "запись.mp3"),
        ("text", "", ""),
        ("contact", "", ""),
    ],
)
def test_req_01_files_are_named_and_of_a_photo_the_largest_is_kept(
    name: str, file_unique_id: str, file_name: str
) -> None:
    message = incoming(name)
    assert (message.file_unique_id, message.file_name) == (file_unique_id, file_name)
    assert bool(message.file_id) == bool(file_unique_id)


@pytest.mark.parametrize(
    ("name", "topic_id", "reply_to"),
    [
        ("text", 0, None),
        ("reply", 0, 90),
        ("reply_in_thread_of_plain_group", 0, 90),
        ("topic", 12, None),
        ("topic_reply", 12, 54),
        ("forum_general", 0, None),
    ],
)
def test_req_01_a_topic_is_a_forums_and_its_first_message_is_not_replied_to(
    name: str, topic_id: int, reply_to: int | None
) -> None:
    message = incoming(name)
    assert (message.topic_id, message.reply_to_message_id) == (topic_id, reply_to)


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("text", "client"),
        ("bot_message", "bot"),
        ("anonymous_admin", "anonymous_admin"),
        ("linked_channel_post", "ignored"),
        ("sent_as_channel", "ignored"),
        ("members_joined", "ignored"),
        ("channel_post", "ignored"),
    ],
)
def test_req_02_who_speaks_is_told_by_ids(name: str, who: str) -> None:
    assert speaker(incoming(name), is_staff=False) == who


@pytest.mark.parametrize(
    ("name", "is_command"),
    [("command", True), ("command_start", True), ("text_with_command_inside", False), ("text", False)],
)
def test_a_command_is_what_starts_with_one(name: str, is_command: bool) -> None:
    assert incoming(name).is_command is is_command


def test_req_01_person_chat_and_date_are_telegrams() -> None:
    message = incoming("text")
    assert message.person is not None
    assert (message.person.telegram_id, message.person.name) == (501, "Дарья Петрова")
    assert (message.chat.telegram_id, message.chat.kind) == (-1001000000001, "supergroup")
    assert message.chat.title == "ООО «Ромашка» — бухгалтерия"
    assert message.sent_at == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)


def test_a_private_chat_is_called_as_the_person() -> None:
    assert incoming("text_private").chat.title == "Дарья Петрова"


def test_req_05_an_edit_has_the_date_of_the_edit() -> None:
    message = incoming("edited_text")
    assert message.edited_at is not None
    assert (message.edited_at - message.sent_at).total_seconds() == 120


def test_an_album_is_known_by_its_group() -> None:
    assert incoming("album_photo").media_group_id == "13579246801357924"


def test_sec_10_endless_names_are_cut_to_what_the_log_holds() -> None:
    payload: dict[str, Any] = load("document")
    payload["message"]["document"]["file_name"] = "а" * 5000
    payload["message"]["chat"]["title"] = "б" * 5000
    message = read(Update.de_json(payload, None).message)  # type: ignore[arg-type]
    assert (len(message.file_name), len(message.chat.title)) == (255, 255)
