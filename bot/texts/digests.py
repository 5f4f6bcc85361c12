"""The digest of the morning, and its switch (ALR-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bot.texts.words import bold, duration, link_to, moment
from buhbot.texts import share
from sla.models import Request
from sla.rules import NEVER
from sla.selectors import numbers
from sla.texts import no_working_time

SHOWN = 15


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits; waits are working time."""

    number: int
    client: str
    link: str
    waited: timedelta
    left: timedelta
    over: timedelta
    due_at: datetime
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Yesterday:
    """The numbers of the working day before, and what is open now."""

    since: date
    until: date
    opened: int
    compliance: float | None
    median: timedelta | None
    missed: int
    open_now: int
    overdue_now: int


def waiting_of(request: Request, *, now: datetime) -> Waiting:
    """Say how long the request has waited; its chat, first message and calendar are read already."""
    measured = numbers(request, now=now)
    return Waiting(
        number=request.pk,
        client=str(request.chat),
        link=link_to(request),
        waited=measured.waited,
        left=measured.left,
        over=measured.over,
        due_at=request.due_at,
        is_paused=request.state == Request.State.WAITING_CLIENT,
    )


def greeting(name: str) -> str:
    return _("☀️ Good morning, %(name)s!") % {"name": bold(name)}


def waiting(today: Sequence[Waiting], later: Sequence[Waiting], *, now: datetime) -> str:
    """List who waits for the person: what is due today first."""
    if not today and not later:
        return _("Nobody waits for you.")
    total = len(today) + len(later)
    told = ngettext("%(count)d client waits for you.", "%(count)d clients wait for you.", total)
    lines = [bold(told % {"count": total})]
    if today:
        lines += ["", bold(_("To be answered today:")), *_lines(today, now)]
    if later:
        lines += ["", bold(_("Later:")), *_lines(later, now)]
    return "\n".join(lines)


def _lines(rows: Sequence[Waiting], now: datetime) -> list[str]:
    more = len(rows) - SHOWN
    return [waiting_line(row, now) for row in rows[:SHOWN]] + (
        [_("and %(count)d more") % {"count": more}] if more > 0 else []
    )


def waiting_line(row: Waiting, now: datetime) -> str:
    """Write one request that waits, with a link to it."""
    number = f"№ {row.number}"
    head = f'<a href="{escape(row.link)}">{number}</a>' if row.link else number
    values = {
        "waited": duration(row.waited),
        "left": duration(row.left),
        "over": duration(row.over),
        "due": moment(row.due_at, now=now),
    }
    if row.is_paused:
        state = _("we wait for the client")
    elif row.due_at == NEVER:
        state = no_working_time()
    elif row.over:
        state = _("waits %(waited)s, over by %(over)s") % values
    else:
        state = _("waits %(waited)s, %(left)s left, until %(due)s") % values
    return f"• {head} {escape(row.client)}: {state}"


def yesterday(numbers: Yesterday) -> str:
    """Tell managers how the working day before went, and what is unanswered now."""
    day = (
        f"{numbers.since:%d.%m}"
        if numbers.since == numbers.until
        else f"{numbers.since:%d.%m}–{numbers.until:%d.%m}"
    )
    median = "—" if numbers.median is None else duration(numbers.median)
    return "\n".join(
        [
            bold(_("Working day before (%(day)s)") % {"day": day}),
            _("Requests: %(count)s, answered in time: %(share)s, median response: %(median)s")
            % {
                "count": bold(numbers.opened),
                "share": bold(share(numbers.compliance)),
                "median": bold(median),
            },
            _("Target missed: %(count)s") % {"count": bold(numbers.missed)},
            _("Unanswered now: %(count)s, of these overdue: %(overdue)s")
            % {"count": bold(numbers.open_now), "overdue": bold(numbers.overdue_now)},
        ]
    )


def state(*, wants: bool) -> str:
    if wants:
        return _("The digest comes at the start of each working day. /digest off switches it off.")
    return _("The digest is off. /digest on switches it on.")


def switched(*, wants: bool) -> str:
    if wants:
        return _("The digest is on: it comes at the start of each working day.")
    return _("The digest is off. Alerts come as before.")


def audited(*, wants: bool) -> str:
    """Say, for the audit log, what the person switched."""
    return _("The digest was switched on.") if wants else _("The digest was switched off.")


def how_to() -> str:
    return _("Write /digest on or /digest off.")
