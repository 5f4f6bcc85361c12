"""The tables of a report, whole and once: the page shows them, files carry them (principle 8, ADM-07).

A cell is a value with its unit by column, and a link to the rows that it counts where the person may see rows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from buhbot.models import Role
from sla import figures
from sla.admin.charts import Chart, bars, response_by_day, served_by_row, volume_by_day
from sla.admin.drill import NOBODY
from sla.admin.reports.chosen import Chosen
from sla.admin.words import span_or_none
from sla.figures import Aged, Late, Period, Row, Score

Value = str | int | float | date | timedelta | None
NUMBERS = ("opened", "in_time", "missed", "overdue", "waiting", "by_faq")


class Unit(StrEnum):
    """What a column holds, and so how it is written."""

    TEXT = "text"
    DATE = "date"
    COUNT = "count"
    SHARE = "share"
    SCORE = "score"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and unit."""

    title: str
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and where the rows are that it counts."""

    value: Value
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its charts, a sentence on what it counts, and one for when it has no rows."""

    title: str
    columns: list[Column]
    rows: list[list[Cell]]
    charts: list[Chart] = field(default_factory=list)
    note: str = ""
    empty: str = ""


MakeTable = Callable[[Chosen, datetime], Table]


def summary(chosen: Chosen, now: datetime) -> Table:
    """All of the period in one row."""
    found = figures.score(chosen.requests, chosen.rows.period, now=now)
    return Table(_("Summary"), _score_columns(), [_score_cells(chosen, found)])


def by_day(chosen: Chosen, now: datetime) -> Table:
    """A row for each date of opening, up to today."""
    period = Period(
        chosen.rows.period.since, min(chosen.rows.period.until, Period.last_days(1, now=now).until)
    )
    days = figures.by_day(chosen.requests, period, now=now)
    rows = [[Cell(day), *_score_cells(chosen, found, opened=f"{day}..{day}")] for day, found in days]
    charts = [response_by_day(days), volume_by_day(days)]
    return Table(_("By day"), [Column(_("Date"), Unit.DATE), *_score_columns()], rows[::-1], charts)


def by_accountant(chosen: Chosen, now: datetime) -> Table:
    """A row for each person; an accountant's own alone (RBAC-02)."""
    rows = figures.by_accountant(chosen.requests, chosen.rows.period, now=now)
    if chosen.user.role == Role.ACCOUNTANT:
        rows = [row for row in rows if row.key == chosen.user.pk]
    note = _(
        "In time counts for who answered; missed and waiting for the first who was on duty when the request was opened."
    )
    return _grouped(chosen, rows, key="owner", name=_("Accountant"), title=_("By accountant"), note=note)


def by_chat(chosen: Chosen, now: datetime) -> Table:
    """A row for each chat with requests."""
    names = chosen.chat_names
    found = figures.by_chat(chosen.requests, chosen.rows.period, now=now)
    rows = [replace(row, name=names.get(str(row.key), "")) for row in found]
    return _grouped(chosen, rows, key="chat", name=_("Client"), title=_("By client"))


def by_tier(chosen: Chosen, now: datetime) -> Table:
    """A row for each tier with requests."""
    rows = figures.by_tier(chosen.requests, chosen.rows.period, now=now)
    note = _("The tier is the one that the chat has now.")
    return _grouped(chosen, rows, key="tier", name=_("Tier"), title=_("By client tier"), note=note)


def lateness(chosen: Chosen, now: datetime) -> Table:
    """The missed requests of the period by how late they were."""
    rows = figures.late_by(chosen.requests, chosen.rows.period, now=now)
    labels = [_step_name(row) for row in rows]
    ended, still_open = [row.ended for row in rows], [row.still_open for row in rows]
    chart = bars(
        labels,
        [(_("answered late"), "warn", ended), (_("unanswered"), "bad", still_open)],
        title=_("Missed requests by lateness"),
    )
    columns = [
        Column(_("Late by"), Unit.TEXT),
        Column(_("Missed")),
        Column(_("Ended late")),
        Column(_("Unanswered")),
    ]
    cells = [
        [
            Cell(label),
            Cell(row.ended + row.still_open, _link(chosen, f"late-{step}")),
            Cell(row.ended),
            Cell(row.still_open),
        ]
        for step, (label, row) in enumerate(zip(labels, rows, strict=True))
    ]
    return Table(_("Lateness"), columns, cells, [chart], _("By how much working time the target was missed."))


def waiting(chosen: Chosen, now: datetime) -> Table:
    """What is open now by how long it has waited, whenever it was opened."""
    rows = figures.backlog(chosen.requests, now=now)
    labels = [_step_name(row) for row in rows]
    overdue = [row.overdue for row in rows]
    others = [row.waiting - row.overdue for row in rows]
    chart = bars(
        labels,
        [(_("not due yet"), "plain", others), (_("overdue"), "bad", overdue)],
        title=_("Open requests by waiting time"),
    )
    columns = [Column(_("Waits for"), Unit.TEXT), Column(_("Open")), Column(_("Overdue"))]
    cells = [
        [Cell(label), Cell(row.waiting, _link(chosen, f"age-{step}", opened="")), Cell(row.overdue)]
        for step, (label, row) in enumerate(zip(labels, rows, strict=True))
    ]
    note = _("All that is open at present, whatever the period; working time without pauses.")
    return Table(_("Backlog"), columns, cells, [chart], note)


def alerts(chosen: Chosen, _now: datetime) -> Table:
    """The alerts about the requests of the period."""
    rows = figures.alerted(chosen.requests, chosen.rows.period)
    columns = [
        Column(_("Alert"), Unit.TEXT),
        Column(_("Alerts")),
        Column(_("Requests")),
        Column(_("Nobody to tell")),
    ]
    cells = [
        [
            Cell(str(row.kind.label)),
            Cell(row.alerts),
            Cell(row.requests, _link(chosen, f"alert-{row.kind.value}")),
            Cell(row.undeliverable),
        ]
        for row in rows
    ]
    counts = [row.alerts for row in rows]
    chart = bars([str(row.kind.label) for row in rows], [(_("Alerts"), "warn", counts)], title=_("Alerts"))
    return Table(_("Alerts"), columns, cells, [chart], _("Withdrawn alerts are left out."))


def acknowledgements(chosen: Chosen, _now: datetime) -> Table:
    """How soon requests were taken after their first alert."""
    found = figures.acknowledged(chosen.requests, chosen.rows.period)
    columns = [
        Column(_("Requests with an alert")),
        Column(_("Taken")),
        Column(_("Median to taking"), Unit.TIME),
        Column(_("p90 to taking"), Unit.TIME),
    ]
    cells = [
        Cell(found.alerted),
        Cell(found.taken, _link(chosen, "taken")),
        Cell(found.median),
        Cell(found.p90),
    ]
    return Table(
        _("Acknowledgement"), columns, [cells], note=_("Working time from the first alert to «Taken».")
    )


def _grouped(chosen: Chosen, rows: list[Row], *, key: str, name: str, title: str, note: str = "") -> Table:
    nameless = _("without a tier") if key == "tier" else _("nobody")
    cells = [
        [
            Cell(row.name or (nameless if row.key is None else _("former staff"))),
            *_score_cells(chosen, row.score, **{key: NOBODY if row.key is None else str(row.key)}),
        ]
        for row in rows
    ]
    charts = [served_by_row(rows, title=title, nameless=nameless)] if rows else []
    return Table(title, [Column(name, Unit.TEXT), *_score_columns()], cells, charts, note)


def _score_columns() -> list[Column]:
    return [
        Column(pgettext("report", "Requests")),
        Column(_("In time")),
        Column(_("Missed")),
        Column(_("Unanswered, overdue")),
        Column(_("Not due yet")),
        Column(_("By the FAQ")),
        Column(_("In time, %"), Unit.SHARE),
        Column(_("Answers")),
        Column(_("Median"), Unit.TIME),
        Column(_("p90"), Unit.TIME),
        Column(_("Mean"), Unit.TIME),
    ]


def _score_cells(chosen: Chosen, found: Score, **narrower: str) -> list[Cell]:
    counts = [Cell(getattr(found, name), _link(chosen, name, **narrower)) for name in NUMBERS]
    judged = Cell(found.compliance, _link(chosen, "judged", **narrower))
    answered = Cell(found.answered, _link(chosen, "answered", **narrower))
    return [*counts, judged, answered, Cell(found.median), Cell(found.p90), Cell(found.mean)]


def _link(chosen: Chosen, figure: str, **narrower: str) -> str:
    return chosen.rows.link(figure, **narrower) if chosen.may_see_rows else ""


def _step_name(row: Late | Aged) -> str:
    if row.until is None:
        return _("%(time)s and more") % {"time": span_or_none(row.since)}
    if not row.since:
        return _("up to %(time)s") % {"time": span_or_none(row.until)}
    return f"{span_or_none(row.since)} – {span_or_none(row.until)}"


TABLES: dict[str, tuple[MakeTable, ...]] = {
    "summary": (summary, by_day),
    "accountants": (by_accountant,),
    "chats": (by_chat,),
    "tiers": (by_tier,),
    "lateness": (lateness,),
    "backlog": (waiting,),
    "alerts": (alerts,),
    "taking": (acknowledgements,),
}


def makers_for(role: str) -> dict[str, tuple[MakeTable, ...]]:
    """Return the views of the report that the role may see: observers hear of no person and no alert (RBAC table).

    Rooms above bring theirs (setting REPORT_VIEWS); these know themselves what they tell whom.
    """
    hidden = {"accountants", "alerts", "taking"} if role == Role.OBSERVER else set()
    brought = {
        name: tuple(map(import_string, view["tables"])) for name, view in settings.REPORT_VIEWS.items()
    }
    return {name: makers for name, makers in (TABLES | brought).items() if name not in hidden}


def tables(makers: Iterable[MakeTable], chosen: Chosen, now: datetime) -> list[Table]:
    """Make the tables."""
    return [make(chosen, now) for make in makers]
