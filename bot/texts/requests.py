"""What the bot says about one request to staff."""

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.texts.words import bold
from sla.explain import Explanation
from sla.texts import why_lines


def why(number: str, client: str, explained: Explanation) -> str:
    """Explain the due time of a request (ADM-03)."""
    return "\n".join([bold(f"{number} · {client}"), *map(escape, why_lines(explained))])


def no_such_request() -> str:
    return _("There is no such request.")


def why_usage() -> str:
    return _("Write the number of the request too, such as /why 1042, or send /why as a reply to an alert.")


def take_usage() -> str:
    return _("Write the number of the request too, such as /take 1042, or send /take as a reply to an alert.")


def taken(number: str, client: str) -> str:
    """Say that the request is taken into work, and who sees that (CLI-06)."""
    told = _("✋ %(number)s is yours: %(client)s sees that it is taken into work.")
    return told % {"number": number, "client": bold(client)}


def ended(number: str, state: str) -> str:
    return _("%(number)s has ended already: %(state)s.") % {"number": number, "state": state}
