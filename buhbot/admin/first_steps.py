"""The checklist of the first steps, shown to administrators and managers until all is done (ADM-08).

Each room says what is to be done in it, in functions that the setting FIRST_STEPS names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from buhbot.admin.home import Part
from buhbot.models import Backup, Calendar, Role, User
from buhbot.selectors import FULL_SIGHT

DECEMBER = 12
FRESH = timedelta(hours=26)  # a night and two hours (MON-03)


@dataclass(frozen=True, slots=True)
class Step:
    """Something without which the product does not do its work: whether it is done, else how, and where."""

    title: str
    is_done: bool
    how: str
    link: str
    where: str
    command: str = ""  # to be typed on the server


MakeSteps = Callable[[datetime], list[Step]]


def first_steps(now: datetime) -> list[Step]:
    """Return every room's steps, in the order of the setting."""
    makers: list[MakeSteps] = [import_string(path) for path in settings.FIRST_STEPS]
    return [step for make in makers for step in make(now)]


def first_steps_part(user: User, now: datetime) -> Part:
    """Return the checklist while something of it is missing; others than managers get none."""
    if user.role not in FULL_SIGHT:
        return Part()
    steps = first_steps(now)
    done = sum(step.is_done for step in steps)
    if done == len(steps):
        return Part()
    content = {"steps": steps, "done": done, "count": len(steps)}
    return Part(template="buhbot/admin/first_steps.html", content=content)


def calendar_is_loaded(now: datetime) -> list[Step]:
    """The firm's calendar has the holidays of this year, and in December those of the next (WT-09)."""
    wanted = _years(now)
    rows = Calendar.objects.filter(is_default=True).values_list(
        "pk", "follows_production_calendar", "exceptions__date__year"
    )
    found = list(rows.distinct())
    is_own = any(not follows for _pk, follows, _year in found)
    loaded = {year for _pk, _follows, year in found}
    link = reverse("admin:buhbot_calendar_change", args=[found[0][0]]) if found else ""
    return [
        Step(
            title=_("The production calendar of %(years)s is loaded")
            % {"years": _(" and ").join(map(str, wanted))},
            is_done=is_own or set(wanted) <= loaded,
            how=_("Without it public holidays count as working days. Load the year on the calendar's page."),
            link=link or reverse("admin:buhbot_calendar_changelist"),
            where=_("Calendar"),
        )
    ]


def accountant_is_linked(_now: datetime) -> list[Step]:
    """An accountant has opened the sign-up link in Telegram (STF-01)."""
    people = User.objects.filter(role=Role.ACCOUNTANT, is_active=True, telegram_id__isnull=False)
    return [
        Step(
            title=_("An accountant is linked to Telegram"),
            is_done=people.exists(),
            how=_("Add the accountant, and send the sign-up link that their page makes."),
            link=f"{reverse('admin:buhbot_user_changelist')}?telegram=missing&role__exact={Role.ACCOUNTANT}",
            where=_("Staff"),
        )
    ]


def backups_are_fresh(now: datetime) -> list[Step]:
    """The last backup was made within 26 hours (BAK-01)."""
    return [
        Step(
            title=_("The last backup is not older than 26 hours"),
            is_done=Backup.objects.filter(made_at__gt=now - FRESH).exists(),
            how=_("Have a timer run this on the server every night:"),
            link=reverse("admin:index"),
            where=_("Home"),
            command="manage.py backup",
        )
    ]


def _years(now: datetime) -> list[int]:
    today = timezone.localtime(now)
    return [today.year, today.year + 1] if today.month == DECEMBER else [today.year]
