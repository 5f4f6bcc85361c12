"""RUN-02: what people do reaches the bot as updates that python-telegram-bot understands."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Bot

from simulator.client import Simulator, SimulatorError
from simulator.tests.conftest import BUTTON, Run

ALL = [
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
]
ALL += ["chat_member", "message_reaction"]


def take(run: Run, kinds: list[str] | None = None) -> list[Any]:
    async def updates(bot: Bot) -> Any:
        return await bot.get_updates(allowed_updates=kinds)

    return list(run(updates))


def test_a_group_message_with_a_date_of_its_own(sim: Simulator, run: Run) -> None:
    client = sim.person("Анна", last_name="Смирнова", username="anna")
    group = sim.group("ООО «Ромашка»", members=[client], quiet=True)
    sim.send(client, group, "/status@buhbot_test_bot сегодня", date=1_790_000_000)
    [update] = take(run)
    assert update.message is not None
    assert update.message.date.timestamp() == 1_790_000_000
    assert update.message.chat.title == "ООО «Ромашка»"
    assert list(update.message.parse_entities(["bot_command"]).values()) == ["/status@buhbot_test_bot"]


def test_ids_grow_and_offset_forgets(sim: Simulator, run: Run) -> None:
    client = sim.person(started=True)
    for number in range(3):
        sim.send(client, text=str(number))
    first, second, third = take(run)
    assert (second.update_id, third.update_id) == (first.update_id + 1, first.update_id + 2)
    left = run(lambda bot: bot.get_updates(offset=third.update_id))
    assert [update.update_id for update in left] == [third.update_id]


@pytest.mark.parametrize(
    "kind",
    ["photo", "document", "voice", "video", "video_note", "audio", "sticker", "location", "contact", "poll"],
)
def test_every_kind(sim: Simulator, run: Run, kind: str) -> None:
    client = sim.person(started=True)
    sim.send(client, kind=kind)
    [update] = take(run)
    assert getattr(update.message, kind)


def test_an_album_is_held_together(sim: Simulator, run: Run) -> None:
    client = sim.person(started=True)
    sim.album(client, client, [{"kind": "photo"}, {"kind": "photo"}], caption="Два скана")
    first, second = (update.message for update in take(run))
    assert first.media_group_id == second.media_group_id
    assert (first.caption, second.caption) == ("Два скана", None)


def test_an_anonymous_administrator_and_a_forward(sim: Simulator, run: Run) -> None:
    boss, client = sim.person("Ирина"), sim.person("Анна")
    group = sim.group(members=[client], admins=[boss], quiet=True)
    sim.send(boss, group, "Добрый день", anonymous=True)
    sim.send(boss, group, "Переслано", forward_from=client)
    hidden, forwarded = (update.message for update in take(run))
    assert (hidden.from_user.id, hidden.sender_chat.id) == (1087968824, group)
    assert forwarded.forward_origin.sender_user.id == client


def test_joining_and_leaving(sim: Simulator, run: Run) -> None:
    take(run, ALL)
    client, other = sim.person("Анна"), sim.person("Борис")
    group = sim.group(members=[client], bot="administrator")
    sim.member(group, other, by=client)
    sim.member(group, other, "left")
    sim.rename(group, "Новое имя", by=client)
    updates = take(run, ALL)
    assert updates[0].my_chat_member.new_chat_member.status == "administrator"
    assert updates[1].message.new_chat_members[0].username == "buhbot_test_bot"
    assert updates[2].chat_member.new_chat_member.status == "member"
    assert updates[3].message.new_chat_members[0].id == other
    assert updates[5].message.left_chat_member.id == other
    assert updates[6].message.new_chat_title == "Новое имя"


def test_start_brings_its_payload(sim: Simulator, run: Run) -> None:
    client = sim.person()
    sim.start(client, "token-1")
    group = sim.group(members=[client], bot="")
    sim.startgroup(client, group, "token-2")
    private, joined, service, started = take(run)
    assert private.message.text == "/start token-1"
    assert joined.my_chat_member.new_chat_member.status == "member"
    assert service.message.new_chat_members
    assert started.message.text == "/start@buhbot_test_bot token-2"


def test_migration_tells_both_chats(sim: Simulator, run: Run) -> None:
    group = sim.group(members=[sim.person()], kind="group", quiet=True)
    new = sim.migrate(group)
    old_side, new_side = take(run)
    assert (old_side.message.chat.id, old_side.message.migrate_to_chat_id) == (group, new)
    assert (new_side.message.chat.id, new_side.message.migrate_from_chat_id) == (new, group)


def test_a_press_waits_for_the_toast(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    run(lambda bot: bot.send_message(person, "x", reply_markup=BUTTON))
    assert sim.press(person, person, 1, "Взять", wait=0.1)["answered"] is False
    [update] = take(run)
    assert (update.callback_query.data, update.callback_query.message.message_id) == ("take", 1)
    with pytest.raises(SimulatorError, match="no such button"):
        sim.press(person, person, 1, "Нет")


def test_an_edit_and_a_reaction(sim: Simulator, run: Run) -> None:
    client = sim.person(started=True)
    take(run, ALL)
    message_id = sim.send(client, text="Отчот")
    sim.edit(client, client, message_id, "Отчёт")
    sim.react(client, client, message_id, "👍")
    _, edited, reaction = take(run, ALL)
    assert edited.edited_message.text == "Отчёт"
    assert reaction.message_reaction.new_reaction[0].emoji == "👍"


def test_kinds_that_were_not_asked_for_do_not_come(sim: Simulator, run: Run) -> None:
    client = sim.person(started=True)
    take(run, ["edited_message"])
    message_id = sim.send(client, text="x")
    sim.edit(client, client, message_id, "y")
    [update] = take(run)
    assert update.edited_message


def test_privacy_mode_shows_commands_and_replies_only(sim: Simulator, run: Run) -> None:
    client = sim.person()
    group = sim.group(members=[client], quiet=True, privacy=True)
    own = run(lambda bot: bot.send_message(group, "Привет"))
    sim.send(client, group, "между собой")
    sim.send(client, group, "/help")
    sim.send(client, group, "ответ боту", reply_to=own.message_id)
    assert [update.message.text for update in take(run)] == ["/help", "ответ боту"]


def test_other_bots_are_not_heard(sim: Simulator, run: Run) -> None:
    robot = sim.person("Робот", is_bot=True)
    group = sim.group(members=[robot], quiet=True)
    sim.send(robot, group, "пип")
    assert take(run) == []


def test_one_who_is_not_there_cannot_write(sim: Simulator) -> None:
    stranger = sim.person()
    group = sim.group(members=[sim.person()])
    with pytest.raises(SimulatorError, match="is not in chat"):
        sim.send(stranger, group, "x")
