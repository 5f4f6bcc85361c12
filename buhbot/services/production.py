"""Bring the Russian production calendar into the calendars that follow it (WT-09)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from buhbot.models import AuditEntry, Calendar, CalendarException
from buhbot.production import ProductionDay, hours_of, is_known, production_days
from buhbot.services.audit import record
from buhbot.services.calendars import current_version

DECEMBER = 12
Source = CalendarException.Source


class UnknownYear(Exception):
    """The transfers of the year are not published yet; nothing was loaded."""

    def __init__(self, year: int) -> None:
        super().__init__(str(year))
        self.year = year


def unknown_years(now: datetime) -> list[int]:
    """Return which of this year and the next, by the firm's clock, have no published transfers yet (WT-09)."""
    this_year = timezone.localtime(now).year
    return [year for year in (this_year, this_year + 1) if not is_known(year)]


@transaction.atomic
def load_years(
    years: Iterable[int], *, calendars: Iterable[Calendar] | None = None, force: bool = False
) -> list[Calendar]:
    """Load whole years into the calendars that follow the production calendar; return those that changed (WT-09).

    Days edited by hand stay. Loading again changes nothing. With `force` a year without published transfers is
    loaded with its holidays alone; else it raises UnknownYear.
    """
    years = list(years)
    for year in years:
        if not force and not is_known(year):
            raise UnknownYear(year)
    chosen = Calendar.objects.filter(follows_production_calendar=True).order_by("pk")
    if calendars is not None:
        chosen = chosen.filter(pk__in=[calendar.pk for calendar in calendars])
    return [calendar for calendar in chosen.select_for_update() if _load(calendar, years)]


@transaction.atomic
def load_missing(now: datetime, *, calendars: Iterable[Calendar] | None = None) -> list[Calendar]:
    """Load this year, and from 1 December the next, where nothing of it is loaded; return what changed (WT-09).

    A year that is loaded is left alone, so that what was taken out by hand does not come back by itself.
    """
    today = timezone.localtime(now)
    wanted = [today.year, today.year + 1] if today.month == DECEMBER else [today.year]
    changed: dict[int, Calendar] = {}
    for year in filter(is_known, wanted):
        missing = Calendar.objects.exclude(
            pk__in=CalendarException.objects.filter(date__year=year, source=Source.PRODUCTION).values(
                "calendar"
            )
        )
        if calendars is not None:
            missing = missing.filter(pk__in=[calendar.pk for calendar in calendars])
        changed |= {calendar.pk: calendar for calendar in load_years([year], calendars=missing)}
    return list(changed.values())


def write_down_loading(changed: Iterable[Calendar], *, now: datetime) -> None:
    """Add to the audit log that the calendars were loaded, by nobody of the firm (ADM-10)."""
    for calendar in changed:
        record(AuditEntry.Kind.DONE, about=calendar, note=_("The production calendar was loaded."), now=now)


@transaction.atomic
def follow(calendar: Calendar, *, now: datetime) -> None:
    """Bring the production days of a calendar in line with what was just saved of it (WT-09).

    Short days and working Saturdays take the hours of the new week; a calendar that now follows gets what is
    missing; one that does not any more loses them. What was edited by hand stays.
    """
    loaded = calendar.exceptions.filter(source=Source.PRODUCTION)
    if not calendar.follows_production_calendar:
        loaded.delete()
    else:
        _take_hours(calendar, list(loaded))
        load_missing(now, calendars=[calendar])
    current_version(Calendar.objects.get(pk=calendar.pk))


def _load(calendar: Calendar, years: list[int]) -> bool:
    rows = calendar.exceptions.filter(date__year__in=years)
    by_hand = set(rows.filter(source=Source.MANUAL).values_list("date", flat=True))
    loaded = rows.filter(source=Source.PRODUCTION)
    wanted = {row.date: row for row in _rows(calendar, years) if row.date not in by_hand}
    if {(row.date, row.hours, row.note) for row in wanted.values()} == set(
        loaded.values_list("date", "hours", "note")
    ):
        return False
    loaded.delete()
    CalendarException.objects.bulk_create(wanted.values())
    current_version(calendar)
    return True


def _rows(calendar: Calendar, years: list[int]) -> Iterator[CalendarException]:
    for day in (day for year in years for day in production_days(year, language=_language())):
        hours = hours_of(day, calendar.weekly)
        if day.holiday or hours != calendar.weekly.get(str(day.on.isoweekday()), ""):
            yield CalendarException(
                calendar=calendar, date=day.on, hours=hours, note=_note(day)[:200], source=Source.PRODUCTION
            )


def _take_hours(calendar: Calendar, loaded: list[CalendarException]) -> None:
    days: dict[date, ProductionDay] = {
        day.on: day for year in {row.date.year for row in loaded} for day in production_days(year)
    }
    for row in loaded:
        hours = hours_of(days[row.date], calendar.weekly) if row.date in days else row.hours
        if hours != row.hours:
            row.hours = hours
            row.save(update_fields=["hours"])


def _note(day: ProductionDay) -> str:
    if day.holiday:
        return day.holiday
    parts = []
    if day.works_for not in (None, day.on):
        parts.append(_("works for %(date)s") % {"date": f"{day.works_for:%d.%m.%Y}"})
    if day.eve_of:
        parts.append(_("an hour shorter: %(holiday)s") % {"holiday": day.eve_of})
    return "; ".join(parts)


def _language() -> str:
    return "ru" if settings.LANGUAGE_CODE.startswith("ru") else "en_US"
