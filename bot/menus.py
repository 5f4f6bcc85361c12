"""Shows each of the staff the commands of their role in Telegram's menu; clients see theirs (BOT-08, STF-02)."""

import hashlib
import time
from functools import partial

import structlog
from django.conf import settings
from django.utils.translation import override
from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.telegram_reads import ask
from bot.texts.commands import private_commands
from buhbot.models import User
from buhbot.services.people import note_menu
from sla.selectors import reachable_staff

PATIENCE_SECONDS = 3600.0  # where Telegram refused, it is asked again after an hour

Commands = tuple[tuple[str, str], ...]

log = structlog.get_logger(__name__)


class Menus:
    """Tells Telegram of the menus that are not what they should be: after linking, a new role, a new release."""

    def __init__(self) -> None:
        self._refused: dict[int, float] = {}

    def show(self) -> int:
        """Bring every menu up to date; return how many were changed. Asks Telegram, so never in a transaction."""
        return sum(self._show(person) for person in reachable_staff().order_by("pk"))

    def _show(self, person: User) -> int:
        commands = commands_of(person.role)
        mark = _mark(person.telegram_id, commands)
        if person.menu_shown == mark or time.monotonic() < self._refused.get(person.pk, 0.0):
            return 0
        try:
            ask(partial(_set, person.telegram_id or 0, commands))
        except TelegramError as error:
            self._refused[person.pk] = time.monotonic() + PATIENCE_SECONDS
            log.warning("a menu could not be shown", person=person.pk, error=str(error))
            return 0
        note_menu(person, mark)
        return 1


def commands_of(role: str) -> Commands:
    """Return the menu of the role in the firm's language."""
    with override(settings.LANGUAGE_CODE):
        return tuple((command.name, str(command.description)) for command in private_commands(role))


def _mark(telegram_id: int | None, commands: Commands) -> str:
    return hashlib.sha256(repr((telegram_id, commands)).encode()).hexdigest()[:32]


async def _set(telegram_id: int, commands: Commands, bot: Bot) -> bool:
    menu = [BotCommand(name, description) for name, description in commands]
    return await bot.set_my_commands(menu, scope=BotCommandScopeChat(telegram_id))
