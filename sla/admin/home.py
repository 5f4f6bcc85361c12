"""The home page's part about requests: today's figures and the queue (ADM-01, first form)."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from buhbot.admin.base import span
from buhbot.admin.filters import day_start
from buhbot.admin.home import Part, Tile
from buhbot.models import Role, User
from sla.admin.words import accountants, badge_of, clock
from sla.models import Request
from sla.selectors import Figures, figures, numbers, queue

SHOWN = 10


def requests_part(user: User, now: datetime) -> Part:
    """Return figures, and below them the queue; an observer gets the figures alone."""
    counted = figures(since=day_start(now))
    if user.role == Role.OBSERVER:
        return Part(tiles=_tiles(counted, list_url=""))
    list_url = reverse("admin:sla_request_changelist")
    longest = queue(user).order_by("opened_at").first()
    tiles = _tiles(counted, list_url=list_url)
    tiles.insert(3, _longest(longest, now))
    rows = [_row(request, now) for request in queue(user)[:SHOWN]]
    content = {
        "rows": rows,
        "more": max(counted.open_now - len(rows), 0),
        "list_url": f"{list_url}?standing=open",
    }
    return Part(tiles=tiles, template="sla/admin/queue.html", content=content)


def _tiles(counted: Figures, *, list_url: str) -> list[Tile]:
    def link(query: str) -> str:
        return f"{list_url}?{query}" if list_url else ""

    return [
        Tile(_("Open now"), str(counted.open_now), "inbox", link=link("standing=open")),
        Tile(
            _("Due soon"),
            str(counted.at_risk),
            "hourglass_top",
            "warning" if counted.at_risk else "",
            link("standing=at_risk"),
        ),
        Tile(
            _("Overdue now"),
            str(counted.breached),
            "alarm",
            "danger" if counted.breached else "success",
            link("standing=breached"),
        ),
        Tile(_("Came today"), str(counted.opened_since), "today", link=link("period=today&standing=counted")),
    ]


def _longest(request: Request | None, now: datetime) -> Tile:
    if request is None:
        return Tile(_("Waits longest"), "—", "timer")
    link = reverse("admin:sla_request_change", args=[request.pk])
    return Tile(_("Waits longest"), span(numbers(request, now=now).waited), "timer", link=link)


def _row(request: Request, now: datetime) -> dict[str, Any]:
    return {
        "number": request.pk,
        "link": reverse("admin:sla_request_change", args=[request.pk]),
        "client": str(request.chat),
        "text": request.text or "—",
        "accountant": accountants(request),
        "badge": badge_of(request),
        "clock": clock(request, now=now),
    }
