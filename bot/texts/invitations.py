"""What is said of invitations: to who makes one, to who uses one, and in the group (CHT-03)."""

from datetime import datetime

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.texts.words import admin_link, bold
from buhbot.models import Chat

CONNECT = "/connect"


def group_link(username: str, token: str) -> str:
    """Build the address that adds the bot to a group with the token; empty while the bot's name is not known."""
    return f"https://t.me/{username}?startgroup={token}" if username else ""


def made(client: str, accountant: str, link: str, token: str, until: datetime) -> str:
    """Hand over a new invitation to who made it; the token is shown only here."""
    lines = [_("🔗 An invitation for %(client)s:") % {"client": bold(client)}]
    lines += [escape(link)] if link else []
    lines += [
        _("If the bot is in the group already, send this line there:"),
        f"<code>{CONNECT} {escape(token)}</code>",
        _("Accountant: %(name)s") % {"name": bold(accountant)}
        if accountant
        else _("No accountant is named: the chat is not monitored until you assign one in Admin."),
        _("It works once, until %(until)s, for managers, administrators and the accountant.")
        % {"until": f"{until:%d.%m.%Y %H:%M}"},
    ]
    return "\n".join(lines)


def how_to() -> str:
    return "\n".join(
        [
            _("Write the client's name, and the accountant by the Telegram name:"),
            "<code>" + escape(_("/invite Romashka LLC @name")) + "</code>",
            _(
                "Without an accountant assign one in Admin later. Links with other terms are made in Admin too."
            ),
        ]
    )


def unknown_accountant(name: str) -> str:
    return _("I know no accountant of the firm as %(name)s.") % {"name": bold(name)}


def audited(client: str) -> str:
    """Name, for the audit log, what an invitation did."""
    return _("Connected by an invitation: %(client)s") % {"client": client}


def connected(chat: Chat, accountant: str, policy: str) -> str:
    """Tell staff in private that the group is bound and watched."""
    lines = [
        _("✅ The chat %(chat)s is connected and monitored from now on.") % {"chat": bold(chat)},
        _("Accountant: %(name)s") % {"name": bold(accountant)},
        _("Policy: %(name)s") % {"name": bold(policy)},
    ]
    return "\n".join(lines)


def connected_unwatched(chat: Chat, why: str) -> str:
    """Tell staff in private that the group is bound, and what the watch over it lacks (CHT-02)."""
    lines = [
        _("⚠️ The chat %(chat)s is connected, but not monitored: %(why)s.")
        % {"chat": bold(chat), "why": escape(why)},
        _("Put it right on the page of the chat and switch monitoring on there."),
    ]
    link = admin_link(f"buhbot/chat/{chat.pk}/change/")
    return "\n".join([*lines, escape(link)] if link else lines)


def unknown() -> str:
    return _("This invitation is not known, or was taken back. Make a new one in Admin or by /invite.")


def used() -> str:
    return _("This invitation has been used already. Make a new one in Admin or by /invite.")


def expired() -> str:
    return _("This invitation is too old. Make a new one in Admin or by /invite.")


def not_yours() -> str:
    return _("This invitation is for managers, administrators and the accountant whom it names.")


def connected_already(chat: Chat) -> str:
    return _("The chat %(chat)s is set up already; nothing was changed, and the link is still good.") % {
        "chat": bold(chat)
    }


def not_in_private() -> str:
    return _("Send this line in the client's group, not here.")


def connect_usage() -> str:
    return _("Write the token of the invitation too: /connect and the token.")


def only_staff() -> str:
    """Say in the group, where clients read, that a link is not theirs; nothing of the firm is told."""
    return _("This link is for the staff of your accountants.")
