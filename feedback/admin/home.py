"""What the room brings to other pages: the tile of the quarter, the tab of a chat (ADM-01, ADM-04)."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from buhbot.admin.home import Part, Tile
from buhbot.models import Chat, User
from buhbot.selectors import FULL_SIGHT
from feedback.admin.figures import percent, quarter_name, share_range
from feedback.figures import groups, published, quarter_of, together
from feedback.rules import Quarter
from feedback.scores import STARS, Tally, total
from feedback.selectors import visible_deliveries
from sla.figures import Period

GOOD, FAIR = 0.8, 0.6  # of CSAT, for colours


def csat_part(user: User, now: datetime) -> Part:
    """Return the tile of the surveys that started in this quarter; of published ones for who reads aggregates only."""
    quarter = quarter_of(now)
    sees_all = user.role in FULL_SIGHT
    tally = _all(user, quarter) if sees_all else _published(quarter)
    figure = tally.csat
    value = "—" if figure.value is None else f"{percent(figure.value)}\u00a0%"
    return Part(
        tiles=[
            Tile(
                _("CSAT of the quarter"),
                value,
                "star",
                _colour(figure.value),
                _rows_link(quarter) if sees_all else f"{reverse('admin:sla_reports')}?view=feedback",
                _note(tally, quarter, sees_all=sees_all),
                tally.n if sees_all else None,
            )
        ]
    )


def _all(user: User, quarter: Quarter) -> Tally:
    period = Period.of_dates(quarter.first, quarter.last)
    started = visible_deliveries(user).filter(
        survey__kind=STARS, survey__started_at__gte=period.since, survey__started_at__lt=period.until
    )
    return together(STARS, groups(started))


def _published(quarter: Quarter) -> Tally:
    """Add up what is told of the whole firm anyway: a sum of told figures tells nothing new (FBK-03)."""
    told = [one for one in published() if not one.is_own and quarter_of(one.started_at) == quarter]
    return total(STARS, (one.tally for one in told if one.tally and one.kind == STARS))


def _rows_link(quarter: Quarter) -> str:
    query = {"quarter": quarter.key, "kind": STARS, "rating": "counted"}
    return f"{reverse('admin:feedback_vote_changelist')}?{urlencode(query)}"


def _note(tally: Tally, quarter: Quarter, *, sees_all: bool) -> str:
    if not tally.n:
        return _("no ratings yet") if sees_all else _("shown when a survey is over")
    return _("%(quarter)s: N = %(n)d; 95 %%: %(range)s") % {
        "quarter": quarter_name(quarter),
        "n": tally.n,
        "range": share_range(tally.csat),
    }


def _colour(value: float | None) -> str:
    if value is None:
        return ""
    if value >= GOOD:
        return "success"
    return "warning" if value >= FAIR else "danger"


def votes_tab(chat: Chat, user: User) -> dict[str, Any] | None:
    """Return the tab with the chat's ratings, for those who may read every vote."""
    if user.role not in FULL_SIGHT:
        return None
    address = reverse("admin:feedback_vote_changelist")
    return {
        "link": f"{address}?delivery__chat__id__exact={chat.pk}",
        "icon": "star",
        "title": _("Ratings"),
    }
