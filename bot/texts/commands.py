"""The commands of the bot with a few words on each: Telegram's menus, and /help, are made of them (BOT-08)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from buhbot.models import Role


@dataclass(frozen=True, slots=True)
class MenuCommand:
    """A command without its slash, and what it does in a few words."""

    name: str
    description: str | Promise


HELP = MenuCommand("help", _("What the bot can do"))
WHOAMI = MenuCommand("whoami", _("Who I am to the bot"))
STATUS = MenuCommand("status", _("My questions and when they are answered"))

# By Telegram's names of scopes. Commands that a person needs rights for are not shown to everybody.
COMMANDS: dict[str, tuple[MenuCommand, ...]] = {
    "all_private_chats": (
        MenuCommand("start", _("Start")),
        MenuCommand("menu", _("What the bot can do")),
        MenuCommand("chat", _("Which chat my messages are about")),
        STATUS,
        MenuCommand("privacy", _("What is stored of me, and for how long")),
        MenuCommand("stop", _("No more surveys and broadcasts")),
    ),
    "all_group_chats": (
        MenuCommand("menu", _("Order a document or a service; the state of files")),
        STATUS,
    ),
}
# In private, by who may do what (STF-02). An observer sees figures in Admin only.
OF_STAFF = (HELP, WHOAMI)
CHATS = MenuCommand("chats", _("My chats"))
OF_SERVING = (
    MenuCommand("queue", _("Who waits for me, by time left")),
    MenuCommand("take", _("I take a request into work: /take 1042")),
    MenuCommand("mystats", _("My figures: today, this week, this month")),
    CHATS,
    MenuCommand("template", _("The templates, or those that fit a word")),
    MenuCommand("absence", _("I am away: days and who stands in")),
    MenuCommand("digest", _("The digest of the morning: on, off")),
    MenuCommand("notify", _("What I am told of: switches")),
    MenuCommand("why", _("Why a request is due when it is: /why 1042")),
)
OF_MANAGERS = (
    MenuCommand("team", _("How the team does this week")),
    MenuCommand("breaches", _("What is overdue now")),
    MenuCommand("invite", _("An invitation link for the group of a client")),
)
# In a client's chat, where the bot takes the command away at once (REQ-08).
IN_GROUPS = (
    MenuCommand("request", _("as a reply to a message: it needs an answer")),
    MenuCommand("norequest", _("it was no request")),
    MenuCommand("take", _("as a reply to a message: I take it into work, the client sees that")),
    MenuCommand("template", _("with a shortcut: I send the template to the client for you")),
    MenuCommand("diagnose", _("what is wrong with the chat; the answer comes in private")),
    MenuCommand("connect", _("binds the group by the token of an invitation")),
    MenuCommand("wait", _("the clock stands still until the client writes")),
)


def private_commands(role: str) -> tuple[MenuCommand, ...]:
    """Return what somebody of the firm may write to the bot in private (STF-02)."""
    if role == Role.OBSERVER:
        return (CHATS, *OF_STAFF)
    managers = OF_MANAGERS if role in {Role.ADMIN, Role.MANAGER} else ()
    return (*OF_SERVING, *managers, *OF_STAFF)
