"""What the bot says in private: greetings, linking, help; and notices to administrators."""

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bot.texts.commands import IN_GROUPS, MenuCommand, private_commands
from bot.texts.desk import figures_in_admin
from bot.texts.words import bold
from buhbot.models import Role


def greeting_staff(name: str, role: str) -> str:
    """Greet, and say what will come here."""
    named = {"name": bold(name)}
    if role == Role.OBSERVER:
        return "\n".join([_("Good day, %(name)s!") % named, figures_in_admin()])
    return _("Hello, %(name)s! Alerts about your clients will come here.") % named


def linked(name: str, role: str) -> str:
    return _("Done, %(name)s: this Telegram account is yours, role: %(role)s.") % {
        "name": bold(name),
        "role": escape(role),
    }


def audited_link() -> str:
    """Name, for the audit log, what a one-time link did."""
    return _("Telegram was linked by a one-time link.")


def audited_account() -> str:
    """Name, for the audit log, what it changed."""
    return _("Telegram id")


def link_unknown() -> str:
    return _("This link is not known. Ask your administrator for a new one.")


def link_used() -> str:
    return _("This link has been used already. Ask your administrator for a new one.")


def link_expired() -> str:
    return _("This link is too old. Ask your administrator for a new one.")


def account_taken() -> str:
    return _(
        "This Telegram account belongs to another staff member. Ask your administrator to unlink it first."
    )


def help_staff(role: str) -> str:
    """Say what the bot does, and which commands the person has (STF-02)."""
    lines = [
        _("I watch the client chats: who waits for an answer and how long there is left."),
        _("Before the time runs out I warn the accountant; when it has run out I tell the manager too."),
        _("Answer the client in the chat, and the clock stops. The buttons under an alert take or close it."),
        "",
        *map(_command, private_commands(role)),
    ]
    if role != Role.OBSERVER:
        lines += [
            "",
            _("In a client's chat, where I take the command away at once:"),
            *map(_command, IN_GROUPS),
        ]
    return "\n".join(lines)


def _command(command: MenuCommand) -> str:
    return f"/{command.name} — {escape(command.description)}"


def whoami(name: str, role: str, email: str, *, version: str) -> str:
    who = _("%(name)s, role: %(role)s, e-mail: %(email)s") % {
        "name": bold(name),
        "role": escape(role),
        "email": escape(email),
    }
    return f"{who}\nBuhBot {version}"


def whoami_client() -> str:
    return _("You are a client of the firm to me.")


def new_chat(title: str, link: str) -> str:
    """Tell administrators of a chat that is to be set up (CHT-02)."""
    lines = [
        _("🆕 The bot is in a new chat: %(title)s") % {"title": bold(title)},
        _("It is not monitored yet. Choose an accountant and switch monitoring on."),
    ]
    return "\n".join([*lines, escape(link)] if link else lines)


def no_working_time(calendar: str, waiting: int, link: str) -> str:
    """Tell administrators of a calendar in which requests are never due (WT-06)."""
    told = ngettext(
        "%(count)d open request is due at no time, and nobody will be warned of it.",
        "%(count)d open requests are due at no time, and nobody will be warned of them.",
        waiting,
    )
    lines = [
        _("🗓 The calendar %(name)s has no working time to come.") % {"name": bold(calendar)},
        told % {"count": waiting},
        _("Give it working hours: the deadlines are computed anew then."),
    ]
    return "\n".join([*lines, escape(link)] if link else lines)


def bot_removed(title: str, cancelled: int) -> str:
    lines = [_("🚪 The bot was removed from the chat %(title)s.") % {"title": bold(title)}]
    if cancelled:
        lines.append(_("Open requests cancelled: %(count)d") % {"count": cancelled})
    return "\n".join(lines)


def blocked_reason() -> str:
    return _("blocked the bot")
