"""The parts of the configuration that are the firm's: calendars, tiers, settings (BAK-03)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError

from buhbot.configuration import CannotImport, Difference, Rows, Table, shown
from buhbot.models import Calendar, CalendarException, Tier
from buhbot.preferences import SETTINGS, Preferences, preferences
from buhbot.rules import BadHours, parse_hours
from buhbot.services.audit import Change
from buhbot.services.preferences import save_preferences

DAYS = {str(day) for day in range(1, 8)}


def check_calendar(calendar: Calendar) -> None:
    """Raise ValidationError unless the zone is known and each of seven days has hours that can be read (WT-06)."""
    try:
        ZoneInfo(calendar.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError({"time_zone": f"there is no zone «{calendar.time_zone}»"}) from None
    week = calendar.weekly
    if not isinstance(week, dict) or week.keys() != DAYS:
        raise ValidationError({"weekly": "hours of the days 1 (Monday) to 7 (Sunday) are wanted"})
    for day, hours in week.items():
        _check_hours(hours, f"weekly, day {day}")
    if not any(week.values()):
        raise ValidationError({"weekly": "at least one day needs hours"})


def check_exception(row: CalendarException) -> None:
    """Raise ValidationError for hours that cannot be read."""
    _check_hours(row.hours, "hours")


def _check_hours(hours: Any, place: str) -> None:
    try:
        parse_hours(hours)
    except (BadHours, TypeError, AttributeError):
        message = f"{place}: {shown(hours)} cannot be read; write hours like 09:00-13:00, 14:00-18:00"
        raise ValidationError(message) from None


@dataclass(frozen=True, slots=True)
class Settings:
    """The firm's settings, each with its value, the default included: one object instead of rows."""

    name: str = "settings"

    def export(self) -> dict[str, Any]:
        """Return every setting."""
        return dict(sorted(asdict(preferences()).items()))

    def write(self, told: Rows) -> Iterator[Difference]:
        """Set what is told; settings that are not told stay."""
        if not isinstance(told, dict):
            raise CannotImport("settings: an object is wanted.")
        for key, value in told.items():
            _require_setting(key, value)
        current = asdict(preferences())
        for key, (before, after) in save_preferences(told, seen=current).items():
            yield Difference(self.name, key, False, (Change("value", shown(before), shown(after)),))


def _require_setting(key: str, value: Any) -> None:
    if key not in SETTINGS:
        raise CannotImport(f"settings: {key} is unknown.")
    default, setting = getattr(Preferences(), key), SETTINGS[key]
    if type(value) is not type(default):
        wanted = "true or false" if isinstance(default, bool) else "a whole number"
        raise CannotImport(f"settings: {key}: {wanted} is wanted, not {shown(value)}.")
    if not isinstance(value, bool) and not setting.least <= value <= setting.most:
        raise CannotImport(f"settings: {key}: {setting.least} to {setting.most} is wanted, not {value}.")


PARTS = (
    Table(
        "calendars",
        Calendar,
        ("name",),
        ("time_zone", "weekly", "is_default", "follows_production_calendar"),
        check=check_calendar,
    ),
    Table(
        "calendar_exceptions",
        CalendarException,
        ("calendar", "date"),
        ("hours", "note", "source"),
        links={"calendar": "name"},
        check=check_exception,
    ),
    Table("tiers", Tier, ("code",), ("name", "calendar", "position"), links={"calendar": "name"}),
    Settings(),
)
