"""The home page's part about working hours: requests that are never due, days off not published yet (WT-06, WT-09)."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from buhbot.admin.home import Part, Tile
from buhbot.models import User
from buhbot.services.production import unknown_years
from sla.selectors import SERVING_ROLES, requests_without_due


def hours_part(user: User, now: datetime) -> Part:
    """Return a figure for each thing that managers are to put right or to wait for; none when all is well."""
    if user.role not in SERVING_ROLES:
        return Part()
    tiles = []
    if waiting := requests_without_due().count():
        link = f"{reverse('admin:sla_request_changelist')}?standing=no_due"
        tiles.append(Tile(_("No working time"), str(waiting), "event_busy", "danger", link))
    if years := unknown_years(now):
        link = reverse("admin:buhbot_calendar_changelist")
        value = ", ".join(map(str, years))
        tiles.append(Tile(_("Days off not published"), value, "calendar_month", "warning", link))
    return Part(tiles=tiles)
