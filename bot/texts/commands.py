"""The commands that Telegram shows in its menu, by where they are shown."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class MenuCommand:
    """A command without its slash, and what it does in a few words."""

    name: str
    description: str | Promise


# By Telegram's names of scopes. Commands that a person needs rights for are not shown to everybody.
COMMANDS: dict[str, tuple[MenuCommand, ...]] = {
    "all_private_chats": (
        MenuCommand("start", _("Start")),
        MenuCommand("help", _("What the bot can do")),
        MenuCommand("whoami", _("Who I am to the bot")),
    ),
    "all_group_chats": (),
}
# Telegram shows one menu to everybody in private, so that /help alone names what only staff can do.
STAFF_COMMANDS: tuple[MenuCommand, ...] = (
    MenuCommand("absence", _("I am away: days and who stands in")),
    MenuCommand("template", _("The templates, or those that fit a word")),
    MenuCommand("digest", _("The digest of the morning: on, off")),
)
