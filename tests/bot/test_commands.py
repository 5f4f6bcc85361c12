"""Every command that the bot obeys is described in Russian and stands in a menu or in /help (BOT-08, STF-02)."""

import re

import pytest
from telegram.ext import ApplicationBuilder, CommandHandler

from bot.handlers import add_handlers
from bot.texts.commands import COMMANDS, IN_GROUPS, MenuCommand, private_commands
from bot.texts.people import help_staff
from buhbot.models import Role

KNOWN: tuple[MenuCommand, ...] = (
    *IN_GROUPS,
    *(command for menu in COMMANDS.values() for command in menu),
    *(command for role in Role.values for command in private_commands(role)),
)


def obeyed() -> set[str]:
    application = ApplicationBuilder().token("1:x").updater(None).job_queue(None).build()
    add_handlers(application)
    handlers = [handler for group in application.handlers.values() for handler in group]
    return {name for handler in handlers if isinstance(handler, CommandHandler) for name in handler.commands}


def test_bot_08_every_command_has_its_words() -> None:
    assert {command.name for command in KNOWN} == obeyed()


@pytest.mark.parametrize("command", KNOWN, ids=lambda command: command.name)
def test_bot_08_the_words_are_russian_and_fit(command: MenuCommand) -> None:
    words = str(command.description)
    assert re.search("[а-яё]", words)
    assert not re.findall(r"(?<![/\w])[A-Za-z]{2,}", words)
    assert len(words) <= 256  # Telegram's limit


def test_stf_02_help_names_what_the_role_may_do() -> None:
    manager, accountant = help_staff(Role.MANAGER), help_staff(Role.ACCOUNTANT)
    assert "/team" in manager
    assert "/team" not in accountant
    assert "/queue" in accountant
    assert "/queue" not in help_staff(Role.OBSERVER)
