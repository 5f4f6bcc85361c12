"""Small words that every room writes alike."""

from datetime import date, datetime, time, timedelta
from math import floor
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DAY = timedelta(days=1)
FAR = timedelta(days=180)  # from here on a date needs its year
WEEKDAYS = (
    gettext_lazy("on Monday"),
    gettext_lazy("on Tuesday"),
    gettext_lazy("on Wednesday"),
    gettext_lazy("on Thursday"),
    gettext_lazy("on Friday"),
    gettext_lazy("on Saturday"),
    gettext_lazy("on Sunday"),
)


def duration(value: timedelta) -> str:
    """Write a duration as people say it, in whole minutes: «1 h 20 min»."""
    minutes = max(int(value.total_seconds()), 0) // 60
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    if not minutes:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


def share(value: float | None) -> str:
    """Write a share as a percentage, alike in Admin and in the bot; all is 100 % only when it is all (principle 8)."""
    if value is None:
        return "—"
    return f"{number_format(floor(value * 1000 + 1e-9) / 10, 1, use_l10n=True)}\u00a0%".replace(
        ",0\u00a0", "\u00a0"
    )


def day(value: date) -> str:
    """Write a date with its weekday: «tue 12.05»."""
    return date_format(value, "D d.m").lower()


def from_when(at: datetime, *, now: datetime, zone: str) -> str:
    """Write from when on, as people of the zone say it: «tomorrow from 09:00» (CLI-07)."""
    here, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    clock = {"clock": f"{here:%H:%M}"}
    if here.date() == today:
        return _("today from %(clock)s") % clock
    if here.date() == today + DAY:
        return _("tomorrow from %(clock)s") % clock
    return _("%(day)s, from %(clock)s") % (clock | {"day": _on(here.date(), today)})


def until_when(at: datetime, *, now: datetime, zone: str) -> str:
    """Write until when, as people of the zone say it: «today until 15:30»; midnight ends a day (CLI-06)."""
    here, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    is_midnight = here.time() == time()
    last = here.date() - DAY if is_midnight else here.date()
    clock = {"clock": "24:00" if is_midnight else f"{here:%H:%M}"}
    if last == today:
        return _("today until %(clock)s") % clock
    if last == today + DAY:
        return _("tomorrow until %(clock)s") % clock
    return _("%(day)s, until %(clock)s") % (clock | {"day": _on(last, today)})


def _on(value: date, today: date) -> str:
    """Write a date as «on Monday, 12 January»; one that is far away with its year."""
    written = date_format(value, "j E")
    if abs(value - today) >= FAR:
        written = _("%(date)s %(year)d") % {"date": written, "year": value.year}
    return f"{WEEKDAYS[value.weekday()]}, {written}"
