"""Questions to Telegram, for tasks and commands: never inside a transaction. The answers become rows."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from telegram import Bot, User

from bot.application import forget_identity
from bot.calls import make_bot
from bot.models import BotAccount
from bot.services.account import store_account

Answer = TypeVar("Answer")


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


async def _me(bot: Bot) -> User:
    return await bot.get_me()
