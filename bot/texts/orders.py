"""What staff are told in private of a command that they gave in a client's chat and that had no effect (REQ-08)."""

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.texts.words import bold


def refused(command: str, chat: str, reason: str) -> str:
    """Say which command in which chat was not carried out, and why."""
    told = _("%(command)s in the chat %(chat)s changed nothing.") % {
        "command": escape(command),
        "chat": bold(chat),
    }
    return f"{told}\n{escape(reason)}"


def not_allowed() -> str:
    return _("You do not look after this chat.")


def nothing_open() -> str:
    return _("No request is open there.")


def no_client_message() -> str:
    return _("Send /request as a reply to a message of the client.")


def open_already() -> str:
    return _("The message belongs to the open request already.")


def too_late() -> str:
    return _("Its request ended more than 24 hours ago.")


def paused_already() -> str:
    return _("The request waits for the client already.")


def not_watched() -> str:
    return _("The chat is not monitored.")
