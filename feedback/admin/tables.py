"""Ratings in the reports: of what was chosen for managers, published ones for all others (ADM-07, FBK-02, FBK-03)."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from buhbot.selectors import FULL_SIGHT
from feedback.admin.figures import mean_range, percent, share_range, trend
from feedback.figures import Group, Published, grouped, groups, published, published_comments
from feedback.models import Delivery, Survey
from feedback.scores import NPS, STARS, Tally
from feedback.selectors import visible_deliveries
from sla.admin.drill import NOBODY, number_of, of_key
from sla.admin.reports.chosen import Chosen
from sla.admin.reports.tables import Cell, Column, Table, Unit

Row = list[Cell]
COMMENTED = 8  # newest surveys whose comments are shown to those who may know no names


def by_survey(chosen: Chosen, _now: datetime) -> Table:
    """A row for each survey: those that were chosen, or those that are published."""
    if chosen.user.role not in FULL_SIGHT:
        return _published_table(published())
    found = groups(_chosen(chosen))
    rows: list[Row] = []
    for kind in (STARS, NPS):
        tallies = grouped(kind, found, lambda one: (one.survey_id, one.title, one.started_at))
        for (pk, title, at), tally in tallies.items():
            link = _votes_link(chosen, delivery__survey__id__exact=pk)
            rows.append([Cell(title), Cell(timezone.localtime(at).date()), *_cells(tally, link)])
    columns = [Column(_("Survey"), Unit.TEXT), Column(_("Started"), Unit.DATE), *_columns()]
    return Table(_("Ratings by survey"), columns, rows, _trends(found), _note(), _nothing())


def by_accountant(chosen: Chosen, _now: datetime) -> Table:
    """A row for each person whose the chats were; for accountants and observers the comments instead."""
    if chosen.user.role not in FULL_SIGHT:
        return _comments_table(published())
    found = groups(_chosen(chosen))
    rows: list[Row] = []
    for kind in (STARS, NPS):
        tallies = grouped(kind, found, lambda one: (one.accountant_id, one.accountant))
        for (pk, name), tally in sorted(tallies.items(), key=lambda pair: pair[0][1]):
            link = _votes_link(chosen, kind=kind, owner=pk or NOBODY)
            rows.append([Cell(name or _("nobody")), *_cells(tally, link)])
    columns = [Column(_("Accountant"), Unit.TEXT), *_columns()]
    note = _("Whose the chat was when the survey went out.")
    return Table(_("Ratings by accountant"), columns, rows, note=note, empty=_nothing())


def _chosen(chosen: Chosen) -> QuerySet[Delivery]:
    rows, found = chosen.rows, visible_deliveries(chosen.user)
    found = found.filter(survey__started_at__gte=rows.period.since, survey__started_at__lt=rows.period.until)
    found = of_key(of_key(found, "chat", rows.chat), "chat__tier", rows.tier)
    return of_key(found, "accountant", rows.owner) if rows.owner else found


def _votes_link(chosen: Chosen, **narrower: Any) -> str:
    """Return the list of exactly the ratings that a row counts."""
    rows = chosen.rows
    query = {"started": f"{rows.first:%Y-%m-%d}..{rows.last:%Y-%m-%d}", "rating": "counted"}
    chat = rows.chat if number_of(rows.chat) is not None else ""
    query |= {"owner": rows.owner, "tier": rows.tier, "delivery__chat__id__exact": chat, **narrower}
    given = {name: value for name, value in query.items() if value}
    return f"{reverse('admin:feedback_vote_changelist')}?{urlencode(given, safe='.')}"


def _trends(found: list[Group]) -> list[Any]:
    """Draw the figure of each scale that has two quarters or more."""
    by_quarter = {kind: grouped(kind, found, lambda one: one.quarter) for kind in (STARS, NPS)}
    return [trend(rows, kind=kind) for kind, rows in by_quarter.items() if len(rows) > 1]


def _columns() -> list[Column]:
    return [
        Column(_("Scale"), Unit.TEXT),
        Column(_("Ratings")),
        Column(_("Average"), Unit.SCORE),
        Column(_("Average, 95 %"), Unit.TEXT),
        Column("CSAT", Unit.SHARE),
        Column("CSAT, 95 %", Unit.TEXT),
        Column("NPS", Unit.TEXT),
        Column("NPS, 95 %", Unit.TEXT),
        Column(_("Chats with a copy")),
        Column(_("Response"), Unit.SHARE),
        Column(_("Response, 95 %"), Unit.TEXT),
        Column(_("Distribution, the highest first"), Unit.TEXT),
    ]


def _cells(tally: Tally, link: str = "") -> Row:
    average, csat, nps, response = tally.average, tally.csat, tally.nps, tally.response
    return [
        Cell(str(Survey.Kind(tally.kind).label)),
        Cell(tally.n, link),
        Cell(average.value),
        Cell(mean_range(average)),
        Cell(csat.value),
        Cell(share_range(csat)),
        Cell(percent(nps.value)),
        Cell(share_range(nps)),
        Cell(tally.delivered),
        Cell(response.value),
        Cell(share_range(response)),
        Cell(" · ".join(f"{rating}: {count}" for rating, count in tally.steps)),
    ]


def _hidden(kind: str) -> Row:
    """Return a row that tells nothing but that."""
    filled = [Cell(str(Survey.Kind(kind).label)), *(Cell(None) for _column in _columns()[1:-1])]
    return [*filled, Cell(_("hidden"))]


def _published_table(found: list[Published]) -> Table:
    rows = [
        [
            Cell(one.title),
            Cell(timezone.localtime(one.started_at).date()),
            Cell(_("own chats") if one.is_own else _("the whole firm")),
            *(_cells(one.tally) if one.tally else _hidden(one.kind)),
        ]
        for one in found
    ]
    columns = [
        *(Column(_("Survey"), Unit.TEXT), Column(_("Started"), Unit.DATE), Column(_("Of"), Unit.TEXT)),
        *_columns(),
    ]
    note = _(
        "All surveys that are over, whatever is chosen above. Figures are hidden where there are too few answers, "
        "or where somebody's own answer could be worked out."
    )
    return Table(_("Ratings by survey"), columns, rows, _published_trends(found), note, _nothing())


def _published_trends(found: list[Published]) -> list[Any]:
    """Draw what is told of the whole firm."""
    told = [
        Group(one.survey_id, one.title, one.started_at, None, "", one.tally)
        for one in found
        if one.tally and not one.is_own
    ]
    return _trends(told)


def _comments_table(found: list[Published]) -> Table:
    """List comments without names, in the order of their letters (FBK-03)."""
    rows = [
        [Cell(one.title), Cell(_("own chats") if one.is_own else _("the whole firm")), Cell(text)]
        for one, text in published_comments([one for one in found if one.has_comments][:COMMENTED])
    ]
    columns = [Column(_("Survey"), Unit.TEXT), Column(_("Of"), Unit.TEXT), Column(_("Comment"), Unit.TEXT)]
    note = _("Without names and in the order of the alphabet; where enough persons wrote one.")
    return Table(_("Comments"), columns, rows, note=note, empty=_("There are no comments that may be shown."))


def _note() -> str:
    return _(
        "A rating belongs to the period in which its survey started; withdrawn ones do not count. "
        "95 %: the interval in which the true figure most likely lies."
    )


def _nothing() -> str:
    return _("No survey started in the period, or none is over yet.")
