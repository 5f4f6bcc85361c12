"""`manage.py set_webhook [--check]`: tell Telegram where to post, what, and which commands to show (BOT-08)."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.translation import override
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError

from bot.receiving import ALLOWED_UPDATES
from bot.telegram_reads import ask
from bot.texts.commands import COMMANDS

MAX_CONNECTIONS = 40
SECRET_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,256}")
SCOPES: dict[str, BotCommandScope] = {
    "all_private_chats": BotCommandScopeAllPrivateChats(),
    "all_group_chats": BotCommandScopeAllGroupChats(),
}
Menu = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Registration:
    """What Telegram knows of us. Menus are keyed by scope and language, "" being every other language."""

    url: str
    allowed_updates: frozenset[str]
    max_connections: int
    menus: dict[tuple[str, str], Menu]

    def differences(self, found: "Registration") -> list[str]:
        """Say in words where Telegram has something else than we want."""
        pairs = {
            "URL": (self.url, found.url),
            "updates": (sorted(self.allowed_updates), sorted(found.allowed_updates)),
            "connections": (self.max_connections, found.max_connections),
        }
        for scope, language in self.menus:
            name = f"commands ({scope}, {language or 'default'})"
            pairs[name] = (_shown(self.menus[scope, language]), _shown(found.menus[scope, language]))
        return [
            f"{name}: Telegram has {found!r}, wanted is {wanted!r}"
            for name, (wanted, found) in pairs.items()
            if wanted != found
        ]


class Command(BaseCommand):
    """Registers the webhook and the menus; with --check only compares, and exits with 1 on a difference."""

    help = "Register the webhook and the commands with Telegram."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true", help="compare only; exit with 1 on a difference")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Register, or compare."""
        wanted = _wanted()
        if not options["check"]:
            _ask_telegram(partial(_register, wanted))
            self.stdout.write(f"Telegram posts to {wanted.url} from now on.")
            return
        differences = wanted.differences(_ask_telegram(_registered))
        if differences:
            raise CommandError("\n".join([*differences, "Run manage.py set_webhook."]))
        self.stdout.write(f"Telegram has what we want: it posts to {wanted.url}.")


def _wanted() -> Registration:
    """Put together what we want. Raises CommandError when the settings do not say it."""
    if not settings.TELEGRAM_BOT_TOKEN:
        raise CommandError("TELEGRAM_BOT_TOKEN is not set. BotFather gives it.")
    if not settings.PUBLIC_URL.startswith(("https://", "http://")):
        raise CommandError("PUBLIC_URL must be the address that the world reaches us at: https://….")
    if not SECRET_SHAPE.fullmatch(settings.TELEGRAM_WEBHOOK_SECRET):
        raise CommandError("TELEGRAM_WEBHOOK_SECRET must be 1 to 256 of the characters A-Z a-z 0-9 _ -.")
    languages = ["", *(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)]
    return Registration(
        url=settings.PUBLIC_URL + reverse("telegram-webhook"),
        allowed_updates=frozenset(ALLOWED_UPDATES),
        max_connections=MAX_CONNECTIONS,
        menus={(scope, language): _menu(scope, language) for scope in COMMANDS for language in languages},
    )


def _menu(scope: str, language: str) -> Menu:
    with override(language or settings.LANGUAGE_CODE):
        return tuple((command.name, str(command.description)) for command in COMMANDS[scope])


def _shown(menu: Menu) -> str:
    return ", ".join(f"/{name} {description}" for name, description in menu)


def _ask_telegram(question: Any) -> Any:
    try:
        return ask(question)
    except InvalidToken:
        raise CommandError("Telegram does not know TELEGRAM_BOT_TOKEN.") from None
    except TelegramError as error:
        is_silent = isinstance(error, NetworkError) and not isinstance(error, BadRequest)
        told = f"{settings.TELEGRAM_API_URL} does not answer" if is_silent else "Telegram refused"
        raise CommandError(f"{told}: {error}") from None


async def _register(wanted: Registration, bot: Bot) -> None:
    for (scope, language), menu in wanted.menus.items():
        if menu:
            commands = [BotCommand(name, description) for name, description in menu]
            await bot.set_my_commands(commands, scope=SCOPES[scope], language_code=language or None)
        else:
            await bot.delete_my_commands(scope=SCOPES[scope], language_code=language or None)
    await bot.set_webhook(
        wanted.url,
        secret_token=settings.TELEGRAM_WEBHOOK_SECRET,
        allowed_updates=list(ALLOWED_UPDATES),
        max_connections=wanted.max_connections,
    )


async def _registered(bot: Bot) -> Registration:
    info = await bot.get_webhook_info()
    menus = {}
    for scope, language in _wanted().menus:
        commands = await bot.get_my_commands(scope=SCOPES[scope], language_code=language or None)
        menus[scope, language] = tuple((command.command, command.description) for command in commands)
    return Registration(info.url, frozenset(info.allowed_updates or ()), info.max_connections or 0, menus)
