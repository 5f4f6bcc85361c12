"""The home page's part about people: who is needed and cannot be told, where nobody is (ALR-08, STF-03)."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from buhbot.admin.home import Part, Tile
from buhbot.models import User
from sla.duty import uncovered_chats, unreachable_on_duty
from sla.selectors import SERVING_ROLES


def people_part(user: User, now: datetime) -> Part:
    """Return a figure for each thing that managers are to put right; none when all is well."""
    if user.role not in SERVING_ROLES:
        return Part()
    chats, staff = uncovered_chats(at=now).count(), unreachable_on_duty(at=now).count()
    tiles = []
    if chats:
        link = f"{reverse('admin:buhbot_chat_changelist')}?cover=none"
        tiles.append(Tile(_("Nobody on duty"), str(chats), "person_off", "danger", link))
    if staff:
        link = f"{reverse('admin:buhbot_user_changelist')}?telegram=cannot&duty=yes&is_active__exact=1"
        tiles.append(Tile(_("Cannot be written to"), str(staff), "notifications_off", "danger", link))
    return Part(tiles=tiles)
