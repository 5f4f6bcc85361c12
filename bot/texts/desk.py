"""Answers to what staff ask in private: who waits, my figures, my chats, the team, what is late (STF-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bot.texts.digests import Waiting, waiting_line
from bot.texts.words import admin_link, bold, duration
from buhbot.texts import share
from sla.figures import Score

SHOWN = 20


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A chat of the person's, and how many of its requests are open."""

    name: str
    state: str
    open_now: int
    link: str


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of the team: how the week went, how many wait now, and what is amiss."""

    name: str
    score: Score
    open_now: int
    remark: str


def cut(lines: Sequence[str], total: int, path: str) -> list[str]:
    """Add to the lines how many more there are, and where they stand in Admin."""
    more = total - len(lines)
    if more <= 0:
        return list(lines)
    told, link = _("and %(count)d more") % {"count": more}, admin_link(path)
    return [*lines, f'<a href="{escape(link)}">{told}</a>' if link else told]


def queue(rows: Sequence[Waiting], total: int, *, now: datetime) -> str:
    """List who waits, the one due first first."""
    if not total:
        return _("Nobody waits.")
    told = ngettext("%(count)d request waits for an answer:", "%(count)d requests wait for an answer:", total)
    lines = cut([waiting_line(row, now) for row in rows], total, "sla/request/?standing=open")
    return "\n".join([bold(told % {"count": total}), *lines])


def take_button(number: int) -> str:
    return _("✋ Take № %(number)d") % {"number": number}


def stats(name: str, periods: Sequence[tuple[str, Score]]) -> str:
    """Tell a person's own figures, a paragraph for each period."""
    return "\n\n".join(
        [_("📊 Your figures, %(name)s") % {"name": bold(name)}, *(_period(*one) for one in periods)]
    )


def _period(title: str, score: Score) -> str:
    return "\n".join(
        [
            bold(title),
            _("Requests: %(count)d, answered in time: %(share)s, target missed: %(missed)d")
            % {"count": score.opened, "share": share(score.compliance), "missed": score.missed},
            _("Response: median %(median)s, 90 %% within %(p90)s")
            % {"median": span(score.median), "p90": span(score.p90)},
        ]
    )


def span(value: timedelta | None) -> str:
    """Write a duration, or a dash while there is none."""
    return "—" if value is None else duration(value)


def today() -> str:
    return _("Today")


def this_week() -> str:
    return _("This week")


def this_month() -> str:
    return _("This month")


def chats(rows: Sequence[ChatLine], total: int) -> str:
    """List the person's chats."""
    if not total:
        return _("No chat is assigned to you.")
    told = ngettext("%(count)d chat:", "%(count)d chats:", total)
    return "\n".join(
        [bold(told % {"count": total}), *cut([_chat(row) for row in rows], total, "buhbot/chat/")]
    )


def _chat(row: ChatLine) -> str:
    name = f'<a href="{escape(row.link)}">{escape(row.name)}</a>' if row.link else escape(row.name)
    waits = ngettext("%(count)d request waits", "%(count)d requests wait", row.open_now)
    parts = [part for part in (row.state, waits % {"count": row.open_now} if row.open_now else "") if part]
    return f"• {name}" + (f" · {escape(', '.join(parts))}" if parts else "")


def not_monitored() -> str:
    return _("not monitored")


def team(rows: Sequence[PersonLine], total: int, firm: Score) -> str:
    """Tell managers how each of the team has done this week, and who cannot be reached or is away."""
    head = _("👥 The team this week: requests %(count)d, in time %(share)s") % {
        "count": firm.opened,
        "share": share(firm.compliance),
    }
    return "\n".join([bold(head), *cut([_person(row) for row in rows], total, "buhbot/user/")])


def _person(row: PersonLine) -> str:
    told = _("waiting %(open)d, this week %(count)d, in time %(share)s, median %(median)s") % {
        "open": row.open_now,
        "count": row.score.opened,
        "share": share(row.score.compliance),
        "median": span(row.score.median),
    }
    return f"• {bold(row.name)}: {told}" + (f" · ⚠️ {escape(row.remark)}" if row.remark else "")


def away() -> str:
    return _("away")


def not_linked() -> str:
    return _("not linked to Telegram")


def unreachable() -> str:
    return _("the bot cannot write to them")


def breaches(rows: Sequence[Waiting], total: int, day: Score, *, now: datetime) -> str:
    """Tell managers of what is overdue now, and how much of today's was late."""
    late = _("Of today's %(count)d requests the target was missed in %(missed)d.") % {
        "count": day.opened,
        "missed": day.missed,
    }
    if not total:
        return "\n".join([_("Nothing is overdue."), late])
    told = ngettext("🔴 %(count)d request is overdue:", "🔴 %(count)d requests are overdue:", total)
    lines = cut([waiting_line(row, now) for row in rows], total, "sla/request/?figure=overdue")
    return "\n".join([bold(told % {"count": total}), *lines, "", late])


def figures_in_admin() -> str:
    """Tell observers where figures are: they see no requests, and no persons (RBAC table)."""
    link = admin_link("")
    told = _("Requests and persons are not shown to observers; the figures are in Admin.")
    return f"{told}\n{escape(link)}" if link else told


def for_managers() -> str:
    return _("This is for managers and administrators.")
