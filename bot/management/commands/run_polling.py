"""`manage.py run_polling`: fetch updates instead of being posted them, for machines without an address (BOT-07)."""

import json
import time
from functools import partial
from typing import Any
from urllib.parse import urlencode

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connection
from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.receiving import ALLOWED_UPDATES, NotAnUpdate, read_update
from bot.services.inbox import receive
from bot.telegram_reads import ask

log = structlog.get_logger(__name__)

POLL_SECONDS = 25
RETRY_SECONDS = 2.0


class Command(BaseCommand):
    """Feeds the inbox that the webhook feeds, until interrupted. `runbot` beside it does the rest."""

    help = "Fetch updates from Telegram into the inbox (development). Removes the webhook."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Poll until interrupted."""
        self.stdout.write("Fetching updates from Telegram. Ctrl+C ends it.")
        try:
            remove_webhook()
            offset = 0
            while True:
                offset = poll(offset)
        except InvalidToken:
            raise CommandError("Telegram does not know TELEGRAM_BOT_TOKEN.") from None
        except KeyboardInterrupt:
            self.stdout.write("Ended.")


def remove_webhook() -> None:
    """Remove the webhook, beside which Telegram does not answer polls; repeat until Telegram answers."""
    while True:
        try:
            ask(_delete_webhook)
        except InvalidToken:
            raise
        except TelegramError as error:
            _wait("Telegram does not answer", error)
        else:
            return


def poll(offset: int, *, seconds: int = POLL_SECONDS) -> int:
    """Fetch once and store; return the next offset, which tells Telegram that the former are stored.

    What could not be stored is fetched again.
    """
    try:
        updates = ask(partial(_updates, offset, seconds))
        for update in updates:
            _store(update)
            offset = update["update_id"] + 1
    except InvalidToken:
        raise
    except Conflict as error:
        _wait("Another process fetches, or a webhook was set", error)
    except TelegramError as error:
        _wait("Telegram does not answer", error)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        _wait("the database is away", error)
    return offset


async def _delete_webhook(bot: Bot) -> None:
    await bot.delete_webhook()


async def _updates(offset: int, seconds: int, bot: Bot) -> list[dict[str, Any]]:
    """Fetch updates as they are; PTB's own method would leave out what it does not know."""
    query = urlencode({"offset": offset, "timeout": seconds, "allowed_updates": json.dumps(ALLOWED_UPDATES)})
    answer: Any = await bot.request.post(f"{bot.base_url}/getUpdates?{query}", read_timeout=seconds + 10)
    return list(answer)


def _store(update: dict[str, Any]) -> None:
    try:
        receive(read_update(json.dumps(update).encode()))
    except NotAnUpdate:
        log.warning("left out what is not an update")


def _wait(reason: str, error: Exception) -> None:
    log.warning(reason, error=str(error))
    time.sleep(RETRY_SECONDS)
