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
