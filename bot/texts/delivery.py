"""Notices to administrators about messages that did not arrive (OUT-04, principle 11)."""

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.services.deliveries import UNLINKED
from bot.texts.words import admin_link, bold


def not_delivered(to: str, reason: str, outbox_id: int) -> str:
    """Say which message did not arrive, why, and where it lies."""
    if reason == UNLINKED:
        reason = _("the account was switched off or is not linked to Telegram any more")
    lines = [
        _("⚠️ A message to %(name)s was not delivered.") % {"name": bold(to)},
        _("Reason: %(reason)s") % {"reason": escape(reason)},
    ]
    link = admin_link(f"bot/outgoingmessage/{outbox_id}/change/")
    return "\n".join([*lines, escape(link)] if link else lines)
