"""Questions to Telegram, for tasks and commands: never inside a transaction. The answers become rows."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from telegram import Bot, ChatMember, User
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.application import forget_identity
from bot.calls import make_bot
from bot.models import BotAccount
from bot.services.account import store_account
from bot.texts.diagnoses import Seen

Answer = TypeVar("Answer")
DOWNLOAD_SECONDS = 120.0


class FileTooBig(TelegramError):
    """Telegram does not hand out a file of this size."""


class FileGone(TelegramError):
    """Telegram does not know the file any more."""


def ask(question: Callable[[Bot], Awaitable[Answer]]) -> Answer:
    """Let the question make its calls on a short-lived loop with its own connections.

    Raises telegram.error.TelegramError.
    """

    async def on_a_loop() -> Answer:
        bot, connections = make_bot()
        try:
            return await question(bot)
        finally:
            await connections.shutdown()

    return asyncio.run(on_a_loop())


def fetch_account(*, now: datetime) -> BotAccount:
    """Ask who the bot is and whether it reads all messages of groups, and keep it. Raises TelegramError."""
    me = ask(_me)
    account = store_account(
        me.id,
        username=me.username or "",
        name=me.first_name,
        reads_all_messages=bool(me.can_read_all_group_messages),
        now=now,
    )
    forget_identity()
    return account


def fetch_file(file_id: str, *, limit: int) -> bytes:
    """Download a file of at most so many bytes. Raises TelegramError; FileTooBig and FileGone are for good."""
    return ask(partial(_download, file_id=file_id, limit=limit))


async def _download(bot: Bot, *, file_id: str, limit: int) -> bytes:
    try:
        file = await bot.get_file(file_id)
    except BadRequest as error:
        raise (FileTooBig if "too big" in error.message.lower() else FileGone)(error.message) from error
    if (file.file_size or 0) > limit:
        raise FileTooBig(f"{file.file_size} bytes")
    async with asyncio.timeout(DOWNLOAD_SECONDS):
        return bytes(await file.download_as_bytearray(read_timeout=DOWNLOAD_SECONDS))


def look_into(chat_id: int, person_id: int | None) -> Seen:
    """Ask what the bot is in the chat, and whether the person is an administrator of it (CHT-05).

    Nobody named: staff, or an anonymous administrator. Raises TelegramError.
    """
    return ask(partial(_look_into, chat_id, person_id))


async def _look_into(chat_id: int, person_id: int | None, bot: Bot) -> Seen:
    me = await bot.get_me()
    ours = await bot.get_chat_member(chat_id, me.id)
    theirs = await bot.get_chat_member(chat_id, person_id) if person_id else None
    return Seen(
        reads_all=bool(me.can_read_all_group_messages),
        status=ours.status,
        may_delete=bool(getattr(ours, "can_delete_messages", False)),
        is_asked_by_admin=theirs is None or theirs.status in {ChatMember.OWNER, ChatMember.ADMINISTRATOR},
    )


def standing_in(chat_id: int) -> str:
    """Ask what the bot is in the chat, as Telegram names it: "administrator", "member"… Raises TelegramError.

    Whom Telegram forbids to ask is not in the chat.
    """
    return ask(partial(_standing_in, chat_id))


async def _standing_in(chat_id: int, bot: Bot) -> str:
    me = await bot.get_me()
    try:
        return str((await bot.get_chat_member(chat_id, me.id)).status)
    except Forbidden:
        return ChatMember.LEFT


async def _me(bot: Bot) -> User:
    return await bot.get_me()
