"""Every kind of message, from every kind of sender: what starts a request, and what ends one (REQ-02, REQ-03, ANS-01).

The messages are those of tests/updates, as Telegram sends them, put into the client's chat.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from buhbot.models import Absence, Message, Preference, Role, User
from sla import services
from sla.models import Request
from tests.flows import telegram
from tests.flows.world import CLIENT_ID, World, minutes, staff
from tests.updates import load

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
TOPIC = {"message_thread_id": 5, "is_topic_message": True}
PLACES = pytest.mark.parametrize("place", [{}, TOPIC], ids=["chat", "topic"])
ENVELOPE = ("message_id", "from", "chat", "date")
QUESTION = {"caption": "Когда будет готов акт сверки?"}
THANKS = {"caption": "Спасибо большое!"}
STORY = {"story": {"id": 5, "chat": {"id": 501, "type": "private", "first_name": "Дарья"}}}


def content(name: str, **more: Any) -> dict[str, Any]:
    """What a message carries, without who sent it, where and when."""
    message = load(name)["message"]
    return {key: value for key, value in message.items() if key not in ENVELOPE} | more


def sends(
    world: World, who: User | int, carried: dict[str, Any], at: datetime, **more: Any
) -> dict[str, Any]:
    """Let a person send what was carried by another message."""
    fields = carried | more
    return world.says(who, fields.pop("text", ""), at, **fields)


def set_to(key: str) -> None:
    Preference.objects.create(key=key, value=True)


CONTENTS = {
    "text": content("text"),
    "forwarded text": content("forwarded"),
    "photo": content("album_photo"),
    "photo, caption asks": content("album_photo") | QUESTION,
    "photo, caption thanks": content("album_photo") | THANKS,
    "document": content("document"),
    "document, caption asks": content("document") | QUESTION,
    "document, caption thanks": content("document") | THANKS,
    "forwarded document": content("document", forward_origin=content("forwarded")["forward_origin"]),
    "voice": content("voice"),
    "video note": content("video_note"),
    "video": content("video"),
    "video, caption thanks": content("video") | THANKS,
    "audio": content("audio"),
    "animation": content("animation"),
    "animation, caption asks": content("animation") | QUESTION,
    "sticker": content("sticker"),
    "contact": content("contact"),
    "location": content("location"),
    "venue": content("venue"),
    "poll": content("poll"),
    "dice": content("dice"),
    "story": STORY,
    "pinned message": content("pinned"),
    "people joined": content("members_joined"),
    "bare command": content("text_with_command_inside")
    | {"text": "/start", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]},
}
ASKS = {"text", "forwarded text", "voice", "video note", "video", "video, caption thanks", "audio"} | {
    name for name in CONTENTS if name.endswith("caption asks")
}
RECEIPTS = {"photo", "document", "forwarded document"}
ANSWERS = {name for name in CONTENTS if name.startswith(("text", "forwarded", "photo", "document"))} | {
    "voice",
    "video note",
    "video",
    "video, caption thanks",
    "audio",
}


@PLACES
@pytest.mark.parametrize("name", CONTENTS)
def test_req_03_what_a_client_sends_starts_a_request_or_does_not(
    world: World, name: str, place: dict[str, Any]
) -> None:
    sends(world, CLIENT_ID, CONTENTS[name], TEN, **place)
    opened = list(Request.objects.values_list("topic_id", "opened_at"))
    assert opened == ([(5 if place else 0, TEN)] if name in ASKS else [])
    assert Message.objects.filter(topic_id=5 if place else 0).count() == 1
    assert world.failed() == []


@pytest.mark.parametrize("name", CONTENTS)
def test_req_03_with_the_setting_files_start_one_too(world: World, name: str) -> None:
    set_to("files_open_requests")
    sends(world, CLIENT_ID, CONTENTS[name], TEN)
    assert Request.objects.exists() == (name in ASKS | RECEIPTS)


@PLACES
@pytest.mark.parametrize("name", CONTENTS)
def test_ans_01_what_staff_send_ends_a_request_or_does_not(
    world: World, name: str, place: dict[str, Any]
) -> None:
    world.client_says("Где акт?", TEN, **place)
    sends(world, world.accountant, CONTENTS[name], TEN + minutes(5), **place)
    assert (world.request().state == "answered") == (name in ANSWERS)
    assert world.failed() == []


@pytest.mark.parametrize("name", CONTENTS)
def test_ans_01_the_same_ends_it_when_the_question_comes_after_its_answer(world: World, name: str) -> None:
    sends(world, world.accountant, CONTENTS[name], TEN + minutes(5), message_id=900_002)
    world.client_says("Где акт?", TEN, message_id=900_001)
    assert (world.request().state == "answered") == (name in ANSWERS)


@pytest.mark.parametrize("is_late", [False, True])
def test_ans_01_a_slash_that_is_no_command_is_an_answer_in_any_order(world: World, is_late: bool) -> None:
    chat = telegram.group(world.chat.telegram_id)
    client, accountant = telegram.person(CLIENT_ID), telegram.person(world.accountant.telegram_id or 0)
    said = [
        telegram.message(chat, client, TEN, "Где акт?", message_id=900_001),
        telegram.message(chat, accountant, TEN + minutes(5), message_id=900_002) | {"text": "/акт у вас/"},
    ]
    for message in reversed(said) if is_late else said:
        world.receive(message=message)
    assert world.request().state == "answered"


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize(("text", "is_paused"), [("/start где акт?", False), ("/start@buhbot", True)])
def test_tim_08_words_behind_a_command_end_a_pause_in_any_order(
    world: World, text: str, is_paused: bool, is_late: bool
) -> None:
    world.client_says("Где акт?", TEN, message_id=900_001)
    orders: list[tuple[User | int, str, int, int]] = [
        (world.accountant, "/wait", 5, 900_002),
        (CLIENT_ID, text, 9, 900_003),
    ]
    for who, words, after, number in reversed(orders) if is_late else orders:
        world.says(who, words, TEN + minutes(after), message_id=number)
    assert (world.request().state == "waiting_client") == is_paused


@PLACES
@pytest.mark.parametrize("name", ["photo", "document"])
def test_req_03_an_album_is_one_request_by_its_one_caption(
    world: World, name: str, place: dict[str, Any]
) -> None:
    parts = [CONTENTS[name], CONTENTS[name] | QUESTION, CONTENTS[name]]
    for part in parts:
        sends(world, CLIENT_ID, part, TEN, media_group_id="77", **place)
    assert world.request().opened_at == TEN
    assert Message.objects.filter(media_group_id="77").count() == 3


@pytest.mark.parametrize("is_on", [False, True])
def test_req_03_an_album_without_a_caption_is_a_receipt(world: World, is_on: bool) -> None:
    if is_on:
        set_to("files_open_requests")
    for _ in range(3):
        sends(world, CLIENT_ID, CONTENTS["photo"], TEN, media_group_id="77")
    assert Request.objects.count() == (1 if is_on else 0)


def test_ans_01_an_album_of_staff_ends_it_with_its_first_photo(world: World) -> None:
    world.client_says("Где акт?", TEN)
    for number in range(3):
        sends(world, world.accountant, CONTENTS["photo"], TEN + minutes(5 + number))
    assert (world.request().closed_at, Request.objects.count()) == (TEN + minutes(5), 1)


def react(world: World, person_id: int, at: datetime) -> None:
    reaction = load("reaction")["message_reaction"]
    who = {"user": telegram.person(person_id), "date": int(at.timestamp())}
    world.receive(message_reaction=reaction | who | {"chat": telegram.group(world.chat.telegram_id)})


def test_req_03_ans_01_a_reaction_neither_starts_nor_ends_a_request(world: World) -> None:
    react(world, CLIENT_ID, TEN)
    assert not Request.objects.exists()
    world.client_says("Где акт?", TEN)
    react(world, world.accountant.telegram_id or 0, TEN + minutes(1))
    assert world.request().is_open
    assert world.failed() == []


def test_req_05_a_caption_edited_into_a_question_starts_a_request(world: World) -> None:
    message = sends(world, CLIENT_ID, CONTENTS["document"], TEN)
    edit = {"edit_date": int((TEN + minutes(3)).timestamp())}
    world.receive(edited_message=message | QUESTION | edit)
    assert world.request().opened_at == TEN + minutes(3)


def test_ans_01_an_edit_of_staff_ends_nothing(world: World) -> None:
    said = world.says(world.accountant, "Добрый день", TEN)
    world.client_says("Где акт?", TEN + minutes(1))
    world.edits(said, "Добрый день, акт отправила", TEN + minutes(5))
    assert world.request().is_open


@PLACES
@pytest.mark.parametrize("name", ["anonymous_admin", "bot_message", "linked_channel_post", "sent_as_channel"])
@pytest.mark.parametrize("is_on", [False, True])
def test_req_02_only_an_anonymous_admin_ends_a_request_and_only_with_the_setting(
    world: World, name: str, is_on: bool, place: dict[str, Any]
) -> None:
    if is_on:
        set_to("anonymous_admins_answer")
    chat = telegram.group(world.chat.telegram_id)
    said = load(name)["message"] | {"chat": chat, "text": "Когда будет готов акт?"} | place
    world.receive(message=said | {"message_id": 900_001, "date": int(TEN.timestamp())})
    assert not Request.objects.exists()  # none of them is a client
    world.client_says("Где акт?", TEN + minutes(1), message_id=900_002, **place)
    answer = {"message_id": 900_003, "date": int((TEN + minutes(2)).timestamp())}
    world.receive(message=said | answer)
    request = world.request()
    assert (request.state == "answered") == (is_on and name == "anonymous_admin")
    assert request.closed_by is None


@pytest.mark.parametrize("kind", ["voice", "sticker"])
def test_ans_01_of_an_anonymous_admin_the_same_kinds_count(world: World, kind: str) -> None:
    set_to("anonymous_admins_answer")
    world.client_says("Где акт?", TEN)
    said = load("anonymous_admin")["message"] | {"chat": telegram.group(world.chat.telegram_id)}
    said |= {"message_id": 900_003, "date": int((TEN + minutes(2)).timestamp())} | CONTENTS[kind]
    del said["text"]
    world.receive(message=said)
    assert (world.request().state == "answered") == (kind == "voice")


def test_req_02_a_client_who_writes_with_the_help_of_a_bot_is_a_client(world: World) -> None:
    helper = telegram.person(77, "Переводчик", is_bot=True)
    world.client_says("Когда будет готов акт?", TEN, via_bot=helper)
    assert world.request().is_open


PEOPLE = {
    "accountant": True,
    "manager of the chat": True,
    "substitute": True,
    "unassigned accountant": False,
    "unassigned manager": False,
    "administrator": False,
    "observer": False,
}


@pytest.mark.parametrize("kind", ["text", "voice", "photo", "sticker"])
@pytest.mark.parametrize("is_on", [False, True])
@pytest.mark.parametrize("who", PEOPLE)
def test_ans_02_whose_message_counts(world: World, who: str, is_on: bool, kind: str) -> None:
    if is_on:
        set_to("any_staff_answers")
    world.client_says("Где акт?", TEN)
    person = {
        "accountant": world.accountant,
        "manager of the chat": world.manager,
        "administrator": world.admin,
    }.get(who) or staff("Ольга", _role(who), telegram_id=610)
    if who == "substitute":
        away = Absence(user=world.accountant, substitute=person)
        services.enter_absence(away, first=date(2026, 11, 24), last=date(2026, 11, 24), now=TEN)
    sends(world, person, CONTENTS[kind], TEN + minutes(5))
    counts = kind != "sticker" and (PEOPLE[who] or is_on)
    assert world.request().closed_by == (person if counts else None)
    shown = world.request().request_messages.filter(part="other_staff").count()
    assert shown == (kind != "sticker" and not counts)


def _role(who: str) -> str:
    return {"unassigned manager": Role.MANAGER, "observer": Role.OBSERVER}.get(who, Role.ACCOUNTANT)
