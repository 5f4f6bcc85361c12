"""RUN-02: what python-telegram-bot sends arrives, and what it asks is answered in real shapes."""

from __future__ import annotations

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.constants import MessageEntityType

from simulator.client import Simulator
from simulator.tests.conftest import Run


def test_html_becomes_entities(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    text = '🙂 <b>жирно <i>и косо</i></b> &lt;3 <a href="https://example.org/?a=1&amp;b=2">сайт</a> /help'
    sent = run(lambda bot: bot.send_message(person, text, parse_mode="HTML"))
    assert sent.text == "🙂 жирно и косо <3 сайт /help"
    found = {entity.type: sent.parse_entity(entity) for entity in sent.entities}
    assert found[MessageEntityType.BOLD] == "жирно и косо"
    assert found[MessageEntityType.ITALIC] == "и косо"
    assert found[MessageEntityType.TEXT_LINK] == "сайт"
    assert found[MessageEntityType.BOT_COMMAND] == "/help"
    assert next(entity.url for entity in sent.entities if entity.url) == "https://example.org/?a=1&b=2"


def test_a_reply_in_a_topic(sim: Simulator, run: Run) -> None:
    person = sim.person()
    forum = sim.group(members=[person], kind="forum")
    topic = sim.topic(forum, "НДС")
    question = sim.send(person, forum, "Когда?", topic=topic)
    reply = ReplyParameters(question)
    sent = run(lambda bot: bot.send_message(forum, "Завтра", message_thread_id=topic, reply_parameters=reply))
    assert (sent.message_thread_id, sent.is_topic_message) == (topic, True)
    assert sent.reply_to_message.text == "Когда?"


def test_edit_text_and_keyboard(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Взять", callback_data="take:1")]])

    async def steps(bot: Bot) -> None:
        sent = await bot.send_message(person, "Ждёт", reply_markup=markup)
        await bot.edit_message_text("Взято", person, sent.message_id, reply_markup=markup)
        await bot.edit_message_reply_markup(person, sent.message_id)

    run(steps)
    [message] = sim.bot_messages(person)
    assert message["text"] == "Взято"
    assert "reply_markup" not in message
    assert message["edit_date"] >= message["date"]


def test_the_reply_keyboard_stays_with_the_chat(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    run(
        lambda bot: bot.send_message(person, "Меню", reply_markup=ReplyKeyboardMarkup([["Статус", "Услуга"]]))
    )
    [chat] = sim.get("state", person=person)["chats"]
    assert [button["text"] for button in chat["keyboard"]["keyboard"][0]] == ["Статус", "Услуга"]


def test_files_there_and_back(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    sim.send_file(person, content=b"%PDF-1.7", name="Акт.pdf", caption="Акт")

    async def copy(bot: Bot) -> bytes:
        [update] = await bot.get_updates()
        assert update.message
        assert update.message.document
        document = update.message.document
        assert (document.file_name, document.mime_type) == ("Акт.pdf", "application/pdf")
        data = bytes(await (await bot.get_file(document)).download_as_bytearray())
        await bot.send_document(person, data, filename="копия.pdf", caption="<b>копия</b>", parse_mode="HTML")
        await bot.send_document(person, document.file_id)
        await bot.send_photo(person, b"\x89PNG")
        return data

    sim.limits(enabled=False)
    assert run(copy) == b"%PDF-1.7"
    sent = sim.bot_messages(person)
    assert sent[0]["document"]["file_name"] == "копия.pdf"
    assert sent[0]["caption_entities"] == [{"offset": 0, "length": 5, "type": "bold"}]
    assert sent[1]["document"]["file_name"] == "Акт.pdf"
    assert len(sent[2]["photo"]) == 2


def test_copy_and_forward(sim: Simulator, run: Run) -> None:
    client, staff = sim.person("Анна", started=True), sim.person("Ольга", started=True)
    message_id = sim.send(client, text="Вопрос")

    async def both(bot: Bot) -> None:
        copied = await bot.copy_message(staff, client, message_id)
        assert copied.message_id == 1
        forwarded = await bot.forward_message(staff, client, message_id)
        assert forwarded.forward_origin is not None

    run(both)
    copied, forwarded = sim.bot_messages(staff)
    assert "forward_origin" not in copied
    assert forwarded["forward_origin"]["sender_user"]["first_name"] == "Анна"


def test_questions_on_a_chat(sim: Simulator, run: Run) -> None:
    boss, client = sim.person("Ирина"), sim.person("Анна")
    group = sim.group("ООО «Ромашка»", members=[client], admins=[boss], creator=boss, bot="administrator")

    async def ask(bot: Bot) -> None:
        assert (await bot.get_chat(group)).title == "ООО «Ромашка»"
        assert await bot.get_chat_member_count(group) == 3
        assert (await bot.get_chat_member(group, boss)).status == "creator"
        assert (await bot.get_chat_member(group, bot.id)).status == "administrator"
        assert {member.user.id for member in await bot.get_chat_administrators(group)} == {boss, bot.id}

    run(ask)


def test_commands_are_kept_by_scope_and_language(sim: Simulator, run: Run) -> None:
    scope = BotCommandScopeChat(5)

    async def commands(bot: Bot) -> None:
        await bot.set_my_commands([BotCommand("help", "Помощь")], language_code="ru")
        await bot.set_my_commands([BotCommand("queue", "Очередь")], scope=scope)
        assert [command.command for command in await bot.get_my_commands(language_code="ru")] == ["help"]
        assert [command.command for command in await bot.get_my_commands(scope=scope)] == ["queue"]
        assert await bot.get_my_commands(language_code="en") == ()

    run(commands)


def test_delete_react_and_leave(sim: Simulator, run: Run) -> None:
    person = sim.person()
    group = sim.group(members=[person])
    asked = sim.send(person, group, "Вопрос")

    async def steps(bot: Bot) -> None:
        sent = await bot.send_message(group, "Ответ")
        await bot.set_message_reaction(group, asked, "👀")
        await bot.delete_message(group, sent.message_id)
        await bot.leave_chat(group)

    run(steps)
    assert sim.bot_messages(group) == []
    assert sim.messages(group)[-1]["reactions"] == ["👀"]
    assert sim.updates()[-1]["my_chat_member"]["new_chat_member"]["status"] == "left"


def test_every_call_is_recorded(sim: Simulator, run: Run) -> None:
    person = sim.person(started=True)
    run(lambda bot: bot.send_message(person, "x", disable_notification=True))
    [call] = sim.calls("sendMessage", chat=person)
    assert call["ok"] is True
    assert call["params"]["text"] == "x"
    assert call["message_id"] == 1
    assert sim.calls(since=call["seq"]) == []
