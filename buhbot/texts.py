"""Small words that every room writes alike."""

from datetime import date, timedelta

from django.utils.formats import date_format
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


def day(value: date) -> str:
    """Write a date with its weekday: «tue 12.05»."""
    return date_format(value, "D d.m").lower()
