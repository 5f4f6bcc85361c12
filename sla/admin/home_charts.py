"""The charts of the home page: response time, when requests come, and how each person serves (ADM-01)."""

from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from buhbot.admin.home import Part
from buhbot.models import Role, User
from sla.admin.charts import Chart, response_by_day, served_by_row
from sla.admin.home import DAYS
from sla.figures import Period, by_accountant, by_chat, by_day, by_tier, volume_by_hour
from sla.selectors import measured_requests

SHADES = 5
A_MONDAY = 5  # January 2026


def charts_part(user: User, now: datetime) -> Part:
    """Return the charts of the last days, of the requests whose figures the person may know."""
    requests, period = measured_requests(user), Period.last_days(DAYS, now=now)
    content = {
        "response": response_by_day(by_day(requests, period, now=now)),
        "bars": _bars(user, period, now),
    }
    return Part(template="sla/admin/home_charts.html", content=content)


def heatmap_part(user: User, now: datetime) -> Part:
    """Return the table of weekday × hour of the last days."""
    table = volume_by_hour(measured_requests(user), Period.last_days(DAYS, now=now))
    return Part(template="sla/admin/heatmap.html", content={"heatmap": heatmap(table)})


def _bars(user: User, period: Period, now: datetime) -> Chart:
    """Managers compare accountants, an accountant the own clients; an observer is told of no person."""
    requests = measured_requests(user)
    if user.role == Role.OBSERVER:
        rows, title = by_tier(requests, period, now=now), _("By client tier")
    elif user.role == Role.ACCOUNTANT:
        rows, title = by_chat(requests, period, now=now), _("By client")
    else:
        rows, title = by_accountant(requests, period, now=now), _("By accountant")
    return served_by_row(rows, title=title, nameless=_("nobody"))


def heatmap(table: list[list[int]]) -> dict[str, Any]:
    """Shade the table of weekday × hour: five steps up to the busiest hour."""
    most = max(max(row) for row in table)
    rows = [
        {
            "day": date_format(date(2026, 1, A_MONDAY + number), "D"),
            "name": date_format(date(2026, 1, A_MONDAY + number), "l"),
            "total": sum(row),
            "hours": [
                {"count": count, "shade": shade(count, most), "hour": hour} for hour, count in enumerate(row)
            ],
        }
        for number, row in enumerate(table)
    ]
    return {"rows": rows, "hours": range(24), "most": most}


def shade(count: int, most: int) -> int:
    """Return 0 for none, else 1 to 5 by how near it is to the most."""
    return -(-count * SHADES // most) if most else 0
