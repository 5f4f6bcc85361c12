"""One letter, one call of the Bot API, through python-telegram-bot (BOT-05)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from telegram import Bot, Message, MessageId
from telegram.error import TimedOut
from telegram.request import HTTPXRequest

from bot.models import OutgoingMessage
from bot.rules import plain
from bot.services.deliveries import Letter

Method = OutgoingMessage.Method
Payload = dict[str, Any]

CONNECT_SECONDS = 5.0
READ_SECONDS = 12.0
CALL_SECONDS = 15.0  # a letter's lease holds for 30
CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Accepted:
    """What Telegram took: the message and its date, where it says so."""

    message_id: int | None = None
    text: str = ""
    said_at: datetime | None = None


def make_bot() -> tuple[Bot, HTTPXRequest]:
    """Make the one long-lived Bot of the sender's loop, and its connections, which are to be shut down."""
    request = HTTPXRequest(
        connection_pool_size=CONNECTIONS,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        pool_timeout=CONNECT_SECONDS,
    )
    url = settings.TELEGRAM_API_URL
    bot = Bot(
        settings.TELEGRAM_BOT_TOKEN,
        base_url=f"{url}/bot",
        base_file_url=f"{url}/file/bot",
        request=request,
        get_updates_request=request,
    )
    return bot, request


async def call(bot: Bot, letter: Letter, *, is_simple: bool = False) -> Accepted:
    """Make the call that the letter asks for; `is_simple` leaves out formatting and buttons.

    Raises telegram.error.TelegramError.
    """
    payload = simplified(letter.row.payload) if is_simple else dict(letter.row.payload)
    try:
        async with asyncio.timeout(CALL_SECONDS):
            answer = await CALLS[letter.row.method](bot, letter, payload)
    except TimeoutError:
        raise TimedOut from None
    if isinstance(answer, MessageId):
        return Accepted(answer.message_id)
    if isinstance(answer, Message):
        return Accepted(answer.message_id, answer.text or "", answer.date)
    return Accepted(letter.message_id)


def simplified(payload: Payload) -> Payload:
    """Give the message without HTML and buttons: better bare than lost."""
    rest = {key: value for key, value in payload.items() if key not in {"parse_mode", "reply_markup"}}
    return rest | {part: plain(payload[part]) for part in ("text", "caption") if part in payload}


async def _send(bot: Bot, letter: Letter, payload: Payload) -> Message:
    return await bot.send_message(letter.chat_id, payload.pop("text"), api_kwargs=payload)


async def _edit(bot: Bot, letter: Letter, payload: Payload) -> Message | bool:
    return await bot.edit_message_text(
        payload.pop("text"), chat_id=letter.chat_id, message_id=letter.message_id, api_kwargs=payload
    )


async def _copy(bot: Bot, letter: Letter, payload: Payload) -> MessageId:
    source, number = payload.pop("from_chat_id"), payload.pop("message_id")
    return await bot.copy_message(letter.chat_id, source, number, api_kwargs=payload)


async def _caption(bot: Bot, letter: Letter, payload: Payload) -> Message | bool:
    return await bot.edit_message_caption(
        chat_id=letter.chat_id, message_id=letter.message_id, api_kwargs=payload
    )


async def _delete(bot: Bot, letter: Letter, payload: Payload) -> bool:
    return await bot.delete_message(letter.chat_id, payload["message_id"])


async def _answer(bot: Bot, letter: Letter, payload: Payload) -> bool:
    return await bot.answer_callback_query(payload.pop("callback_query_id"), api_kwargs=payload)


async def _suggest(bot: Bot, letter: Letter, payload: Payload) -> bool:
    query_id, results = payload.pop("inline_query_id"), payload.pop("results")
    return await bot.answer_inline_query(query_id, results, api_kwargs=payload)


CALLS: dict[str, Callable[[Bot, Letter, Payload], Awaitable[Message | MessageId | bool]]] = {
    Method.SEND: _send,
    Method.COPY: _copy,
    Method.EDIT: _edit,
    Method.CAPTION: _caption,
    Method.DELETE: _delete,
    Method.ANSWER: _answer,
    Method.INLINE: _suggest,
}
