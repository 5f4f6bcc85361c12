"""Small words that every room writes alike."""

from datetime import date, timedelta
from math import floor

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _


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
