"""The home page's part about requests: figures of the last days and of now, and the queue (ADM-01)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from buhbot.admin.home import Part, Tile
from buhbot.models import Role, User
from buhbot.texts import share
from sla.admin.countdown import countdown
from sla.admin.drill import Rows, list_link
from sla.admin.words import accountants, badge_of, span_or_none
from sla.figures import Period, Score, Waiting, score, waiting_now
from sla.models import Request
from sla.selectors import measured_requests, queue

SHOWN = 10
DAYS = 30
GOOD, FAIR = 0.9, 0.75  # of compliance, for colours


def requests_part(user: User, now: datetime) -> Part:
    """Return figures, and below them the queue; an observer gets the figures alone, without links."""
    requests, period = measured_requests(user), Period.last_days(DAYS, now=now)
    links = Links.of(user, period)
    waiting = waiting_now(requests, now=now)
    tiles = [*_past(score(requests, period, now=now), links), *_present(waiting, links)]
    if user.role == Role.OBSERVER:
        return Part(tiles=tiles)
    rows = [_row(request, now) for request in queue(user)[:SHOWN]]
    content = {
        "rows": rows,
        "more": max(waiting.open - len(rows), 0),
        "list_url": links.now("open"),
        "at": timezone.localtime(now),
    }
    return Part(tiles=tiles, template="sla/admin/queue.html", content=content)


@dataclass(frozen=True, slots=True)
class Links:
    """Where figures lead for a person who may see rows; nowhere for an observer."""

    rows: Rows | None

    @classmethod
    def of(cls, user: User, period: Period) -> "Links":
        if user.role == Role.OBSERVER:
            return cls(None)
        dates = period.dates()
        return cls(Rows(dates[0], dates[-1]))

    def past(self, figure: str) -> str:
        return self.rows.link(figure) if self.rows else ""

    def now(self, figure: str) -> str:
        return list_link(figure) if self.rows else ""

    def request(self, pk: int | None) -> str:
        return reverse("admin:sla_request_change", args=[pk]) if self.rows and pk else ""


def _past(found: Score, links: Links) -> list[Tile]:
    judged, period = found.in_time + found.missed, _("30 days")
    of_all = {"period": period, "part": found.in_time, "whole": judged}
    answered = _("%(period)s; half of the answers are faster") % {"period": period}
    most = _("%(period)s; 9 of 10 answers are faster") % {"period": period}
    return [
        Tile(
            _("In time"),
            share(found.compliance),
            "task_alt",
            _colour(found.compliance),
            links.past("judged"),
            _("%(period)s: %(part)d of %(whole)d") % of_all,
            judged,
        ),
        Tile(
            _("Median answer"),
            span_or_none(found.median),
            "schedule",
            "",
            links.past("answered"),
            answered,
            found.answered,
        ),
        Tile(
            _("p90 of answers"),
            span_or_none(found.p90),
            "hourglass",
            "",
            links.past("answered"),
            most,
            found.answered,
        ),
    ]


def _present(found: Waiting, links: Links) -> list[Tile]:
    today = _("came today: %(count)d") % {"count": found.opened_today}
    soon = _("due soon: %(count)d") % {"count": found.at_risk}
    return [
        Tile(_("Open now"), str(found.open), "inbox", "", links.now("open"), today, found.open),
        Tile(
            _("Overdue now"),
            str(found.overdue),
            "alarm",
            "danger" if found.overdue else "success",
            links.now("overdue"),
            soon,
            found.overdue,
        ),
        Tile(
            _("Waits longest"),
            span_or_none(found.longest),
            "timer",
            "",
            links.request(found.longest_pk),
            _("working time"),
        ),
    ]


def _colour(compliance: float | None) -> str:
    if compliance is None:
        return ""
    if compliance >= GOOD:
        return "success"
    return "warning" if compliance >= FAIR else "danger"


def _row(request: Request, now: datetime) -> dict[str, Any]:
    return {
        "number": request.pk,
        "link": reverse("admin:sla_request_change", args=[request.pk]),
        "client": str(request.chat),
        "text": request.text or "—",
        "accountant": accountants(request),
        "badge": badge_of(request),
        "clock": countdown(request, now=now),
    }
