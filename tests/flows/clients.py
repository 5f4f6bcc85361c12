"""What clients do with the menu: press in their group or in private, and what the bot says there."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import time_machine

from bot.models import OutgoingMessage
from buhbot.models import Chat, User
from tests.flows import telegram
from tests.flows.telegram import Json
from tests.flows.world import CLIENT_ID, World, buttons

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
_presses = count(1)


def place(world: World, *, private: bool, who: int) -> Json:
    return telegram.private(who) if private else telegram.group(world.chat.telegram_id)


def said(chat: Chat) -> list[OutgoingMessage]:
    """The messages that the bot sends to the chat, edits and toasts left out."""
    return list(OutgoingMessage.objects.filter(chat=chat, method="sendMessage").order_by("pk"))


def last(chat: Chat) -> OutgoingMessage:
    return said(chat)[-1]


def text_of(message: OutgoingMessage) -> str:
    return str(message.payload["text"])


def shown(message: OutgoingMessage) -> OutgoingMessage:
    """The message as it reads after its edits."""
    return message.edits_made.order_by("-pk").first() or message


def private(who: int = CLIENT_ID) -> Chat:
    return Chat.objects.get(telegram_id=who)


def writes(
    world: World, text: str, at: datetime = TEN, *, who: int = CLIENT_ID, alone: bool = False, **fields: Any
) -> Json:
    """A client writes in the group, or to the bot alone."""
    message = telegram.message(place(world, private=alone, who=who), telegram.person(who), at, text, **fields)
    with time_machine.travel(at, tick=False):
        world.receive(message=message)
    assert not world.failed(), world.failed()
    return message


def pressed(
    world: World,
    sent: OutgoingMessage,
    data: str,
    at: datetime = TEN,
    *,
    who: User | int = CLIENT_ID,
    chat: Json | None = None,
    **fields: Any,
) -> str:
    """Press what brings `data` back under a message of the bot's; return the toast."""
    world.all_sent()
    sent.refresh_from_db()
    person = who if isinstance(who, int) else who.telegram_id or 0
    where = chat or telegram.group(sent.chat.telegram_id if sent.chat else 0)
    if sent.chat is not None and sent.chat.kind == Chat.Kind.PRIVATE and chat is None:
        where = telegram.private(sent.chat.telegram_id)
    query = f"press{next(_presses)}"
    bot = telegram.person(1, "BuhBot", is_bot=True)
    message = telegram.message(where, bot, at, "…", message_id=sent.telegram_message_id, **fields)
    content = {"id": query, "from": telegram.person(person), "chat_instance": "1", "data": data}
    with time_machine.travel(at, tick=False):
        world.receive(callback_query=content | {"message": message})
    assert not world.failed(), world.failed()
    answer = OutgoingMessage.objects.filter(payload__callback_query_id=query).first()
    return str(answer.payload["text"]) if answer else ""


def press(world: World, sent: OutgoingMessage, label: str, at: datetime = TEN, **fields: Any) -> str:
    """Press a button by its words, as the message shows them now."""
    data = next(one["callback_data"] for one in buttons(shown(sent)) if one["text"] == label)
    return pressed(world, sent, data, at, **fields)


def open_menu(world: World, at: datetime = TEN) -> OutgoingMessage:
    """A client asks for the menu in the group."""
    writes(world, "/menu", at)
    return last(world.chat)


def replies(world: World, text: str, to: OutgoingMessage, at: datetime = TEN, **fields: Any) -> Json:
    """A client replies to a message of the bot's in the group."""
    world.all_sent()
    to.refresh_from_db()
    bot = telegram.person(1, "BuhBot", is_bot=True)
    group = telegram.group(world.chat.telegram_id)
    original = telegram.message(group, bot, at, "…", message_id=to.telegram_message_id)
    return writes(world, text, at, reply_to_message=original, **fields)
