"""RUN-02: every error of the Bot API reaches python-telegram-bot as the exception it would be."""

from __future__ import annotations

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from simulator.client import Simulator
from simulator.tests.conftest import TOKEN, Run, bot_at


def test_an_unknown_chat_is_not_found(sim: Simulator, run: Run) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        run(lambda bot: bot.send_message(999, "x"))


def test_a_person_who_never_pressed_start_cannot_be_written_to(sim: Simulator, run: Run) -> None:
    person = sim.person()
    with pytest.raises(Forbidden, match="can't initiate conversation with a user"):
        run(lambda bot: bot.send_message(person, "x"))


def test_a_person_who_blocked_the_bot(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    sim.block(person)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        run(lambda bot: bot.send_message(person, "x"))
    sim.unblock(person)
    assert run(lambda bot: bot.send_message(person, "x")).text == "x"


def test_a_deactivated_person(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    sim.deactivate(person)
    with pytest.raises(Forbidden, match="user is deactivated"):
        run(lambda bot: bot.send_message(person, "x"))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("kicked", "bot was kicked from the supergroup chat"),
        ("left", "bot is not a member of the supergroup"),
    ],
)
def test_a_group_without_the_bot(sim: Simulator, run: Run, status: str, reason: str) -> None:
    person = sim.person()
    group = sim.group(members=[person])
    sim.member(group, "bot", status, by=person)
    with pytest.raises(Forbidden, match=reason):
        run(lambda bot: bot.send_message(group, "x"))


def test_an_upgraded_group_names_its_new_id(sim: Simulator, run: Run) -> None:
    group = sim.group(members=[sim.person()], kind="group")
    new = sim.migrate(group)
    with pytest.raises(ChatMigrated) as caught:
        run(lambda bot: bot.send_message(group, "x"))
    assert caught.value.new_chat_id == new
    assert run(lambda bot: bot.send_message(new, "x")).chat.type == "supergroup"


def test_a_wrong_token(sim: Simulator, url: str) -> None:
    answer = httpx.get(f"{url}/bot999:WRONG/getMe")
    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


def test_a_wrong_token_is_invalid_for_the_library(sim: Simulator, url: str, run: Run) -> None:
    async def enter(_: Bot) -> None:
        stranger = bot_at(url, "999:WRONG")
        try:
            await stranger.initialize()
        finally:
            await stranger.request.shutdown()

    with pytest.raises(InvalidToken):
        run(enter)


def test_an_unknown_method(sim: Simulator, url: str) -> None:
    answer = httpx.post(f"{url}/bot{TOKEN}/makeCoffee")
    assert answer.status_code == 404
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<b>open", "can't parse entities: can't find end tag corresponding to start tag \"b\""),
        ("<br>", 'unsupported start tag "br" at byte offset 0'),
        ("<b><i>x</b></i>", 'unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("Я < б", 'unsupported start tag "" at byte offset 3'),
        ("x</b>", "unexpected end tag at byte offset 1"),
        ("<b> </b>", "message text is empty"),
        ("x" * 4097, "message is too long"),
    ],
)
def test_a_bad_text(sim: Simulator, run: Run, text: str, reason: str) -> None:
    person = sim.person(started=True)
    with pytest.raises(BadRequest) as caught:
        run(lambda bot: bot.send_message(person, text, parse_mode="HTML"))
    assert reason in caught.value.message.lower()


def test_tags_do_not_count_for_the_length(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    text = "<b>" + "ж" * 4096 + "</b>"
    assert len(run(lambda bot: bot.send_message(person, text, parse_mode="HTML")).text) == 4096


def test_button_data_over_64_bytes(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="ж" * 33)]])
    with pytest.raises(BadRequest, match="(?i)button_data_invalid"):
        run(lambda bot: bot.send_message(person, "x", reply_markup=markup))


def test_an_edit_that_changes_nothing(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    sent = run(lambda bot: bot.send_message(person, "x"))
    with pytest.raises(BadRequest, match="(?i)message is not modified"):
        run(lambda bot: bot.edit_message_text("x", person, sent.message_id))
    with pytest.raises(BadRequest, match="(?i)message to edit not found"):
        run(lambda bot: bot.edit_message_text("y", person, 77))


def test_a_missing_message_cannot_be_replied_to(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    with pytest.raises(BadRequest, match="(?i)message to be replied not found"):
        run(lambda bot: bot.send_message(person, "x", reply_to_message_id=55))


def test_an_unknown_button_press_is_too_old(sim: Simulator, run: Run) -> None:
    with pytest.raises(BadRequest, match="(?i)query is too old and response timeout expired"):
        run(lambda bot: bot.answer_callback_query("1"))


def test_a_file_over_20_mb_cannot_be_fetched(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    sim.send_file(person, size=21 * 1024 * 1024, name="big.zip")
    file_id = sim.messages(person)[-1]["document"]["file_id"]
    with pytest.raises(BadRequest, match="(?i)file is too big"):
        run(lambda bot: bot.get_file(file_id))


def test_get_updates_conflicts_with_a_webhook(sim: Simulator, run: Run) -> None:
    async def both(bot: Bot) -> None:
        await bot.set_webhook("http://127.0.0.1:9/nowhere")
        await bot.get_updates()

    with pytest.raises(Conflict):
        run(both)


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("http500", NetworkError),
        ("http502html", NetworkError),
        ("429", RetryAfter),
        ("timeout", TimedOut),
        ("drop", NetworkError),
        ("half", NetworkError),
    ],
)
def test_an_ordered_fault(sim: Simulator, run: Run, mode: str, error: type[Exception]) -> None:
    person = sim.person(started=True)
    sim.fault(mode, methods=["sendMessage"], count=1)
    with pytest.raises(error):
        run(lambda bot: bot.send_message(person, "x"))
    assert sim.texts(person) == []
    assert run(lambda bot: bot.send_message(person, "again")).text == "again"
    assert [call["fault"] for call in sim.calls("sendMessage") if not call["ok"]] == [mode]


@pytest.mark.parametrize("mode", ["timeout_after", "drop_after", "half_after"])
def test_an_answer_lost_after_the_effect(sim: Simulator, run: Run, mode: str) -> None:
    person = sim.person(started=True)
    sim.fault(mode, count=1, chat_ids=[person])
    with pytest.raises(NetworkError):
        run(lambda bot: bot.send_message(person, "x"))
    assert sim.texts(person) == ["x"]


def test_a_fault_ends_by_time_and_when_cleared(sim: Simulator, run: Run) -> None:
    sim.fault("http500", seconds=0)
    assert run(lambda bot: bot.get_me()).username == "buhbot_test_bot"
    sim.fault("http500")
    sim.clear_faults()
    assert run(lambda bot: bot.get_me()).first_name == "БухБот"
