"""What a message about several requests says: a line for each, as it is now (ALR-05, ALR-06, TIM-03)."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.html import escape
from django.utils.translation import gettext as _

from bot.rules import shorten, width
from bot.texts.alerts import Facts
from bot.texts.words import bold, duration, moment
from sla.rules import NEVER
from sla.texts import no_working_time

MOST_LINES = (
    90  # Telegram marks up no more than 100 places of a message: here a link a line, and the headline
)
HEADLINE = 200
CLIENT, STANDING, STANDING_IN_SUMMARY = 40, 30, 50


def listing(rows: Sequence[Facts], *, is_summary: bool, now: datetime) -> str:
    """Write the list as it stands now. A summary tells what fell due while nobody looked (TIM-03)."""
    counts = {"open": sum(row.closed_at is None for row in rows), "count": len(rows)}
    headline = (
        _("⚠️ Deadlines came before anybody could be told. An answer is due to %(open)d of %(count)d")
        if is_summary
        else _("🔔 More requests: an answer is due to %(open)d of %(count)d")
    )
    return "\n".join([bold(headline % counts), "", *(_line(row, is_summary, now) for row in rows)])


def widest(row: Facts, *, is_summary: bool) -> int:
    """Count what the row's line takes at most, whatever becomes of the request."""
    sign_and_blanks = 8
    return sign_and_blanks + width(_name(row)) + (STANDING_IN_SUMMARY if is_summary else STANDING)


def _line(row: Facts, is_summary: bool, now: datetime) -> str:
    sign, standing = _standing(row, is_summary, now)
    limit = STANDING_IN_SUMMARY if is_summary else STANDING
    return f"{sign} {_name(row)} · {shorten(escape(standing), limit=limit)}"


def _name(row: Facts) -> str:
    number = f"№ {row.number}"
    linked = f'<a href="{escape(row.link)}">{number}</a>' if row.link else number
    return f"{linked} {shorten(escape(row.client), limit=CLIENT)}"


def _standing(row: Facts, is_summary: bool, now: datetime) -> tuple[str, str]:
    """Say how the request stands: a sign, and in words."""
    if row.closed_at is not None:
        sign = {"answered": "✅", "resolved": "☑️"}.get(row.state, "✖️")
        by = row.close_reason if row.state == "cancelled" else row.closed_by or "—"
        return sign, f"{moment(row.closed_at, now=now)}, {by}"
    if row.paused_at is not None:
        return "⏸", _("waits for the client")
    if row.taken_by:
        return "✋", row.taken_by
    if row.snoozed_until is not None and row.snoozed_until > now:
        return "💤", _("put off until %(at)s") % {"at": moment(row.snoozed_until, now=now)}
    if row.asked_by:
        return "🔔", _("an answer is asked for by %(name)s") % {"name": row.asked_by}
    if row.is_breached:
        return "🔴", _late(row, is_summary, now)
    if row.due_at == NEVER:
        return "🟢", no_working_time()
    return "🟢" if row.level else "⏳", _("%(time)s left") % {"time": duration(row.left)}


def _late(row: Facts, is_summary: bool, now: datetime) -> str:
    parts = [f"+{duration(row.over)}"]
    if is_summary:
        parts.insert(0, _("due %(at)s") % {"at": moment(row.due_at, now=now)})
    if row.request_level > 1:
        parts.append(_("level %(level)d") % {"level": row.request_level})
    return ", ".join(parts)
