"""The Russian production calendar: which dates of a year are not like their weekday (WT-09).

Holidays and transfers come from the package `holidays`; the short days follow from them by rule. An ordinary week
is Monday to Friday, as in the official calendar.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from holidays import country_holidays

from buhbot.rules import HourEnd, parse_hours

TRANSFERRED = re.compile(r"перенесено с (\d{2}\.\d{2}\.\d{4})")
DAY = timedelta(days=1)
FULL_DAY = 24 * 60
SHORTER_BY = 60  # minutes
SATURDAY = 6


@dataclass(frozen=True, slots=True)
class ProductionDay:
    """A date that is not like its weekday.

    `holiday`: why nobody works, empty when they do. `works_for`: the date whose hours are worked: the day off that
    a working Saturday was exchanged for, or the date itself. `eve_of`: the holiday before which the day is short.
    """

    on: date
    holiday: str = ""
    works_for: date | None = None
    eve_of: str = ""


def is_known(year: int) -> bool:
    """Say whether the transfers of the year are published; since 2013 each year has some, by law (WT-09)."""
    return bool(_transfers(_days_off(year)))


def production_days(year: int, *, language: str = "ru") -> tuple[ProductionDay, ...]:
    """Return the days of the year that differ, in order; names in "ru" or "en_US" (WT-09).

    A working day is short before a statutory holiday; one before a transferred day off is not. When such an eve was
    exchanged for a working Saturday, the Saturday is the short one. For a year that is not known: the holidays alone.
    """
    names = country_holidays("RU", years=(year, year + 1), language=language)
    statutory = _statutory(year) | _statutory(year + 1)
    days_off = _days_off(year)
    exchanged = {day: off for day, off in _transfers(days_off).items() if day not in statutory}
    days = [ProductionDay(day, holiday=names[day]) for day in days_off]
    for day in _dates(year):
        if day in days_off or (day.isoweekday() >= SATURDAY and day not in exchanged):
            continue
        works_for = exchanged.get(day, day)
        eve_of = next((names[eve + DAY] for eve in (works_for, day) if eve + DAY in statutory), "")
        if day in exchanged or eve_of:
            days.append(ProductionDay(day, works_for=works_for, eve_of=eve_of))
    return tuple(sorted(days, key=lambda found: found.on))


def hours_of(day: ProductionDay, weekly: Mapping[str, str]) -> str:
    """Write the hours of the day in a calendar whose week this is; empty: a day off (WT-09).

    A working Saturday takes the hours of the weekday it was exchanged for. A short day ends an hour earlier.
    """
    if day.works_for is None:
        return ""
    hours = weekly.get(str(day.works_for.isoweekday()), "")
    return shortened(hours) if day.eve_of else hours


def shortened(hours: str) -> str:
    """Take the last working hour off a text of hours. Raises BadHours."""
    spans = sorted(_minutes(opens, closes) for opens, closes in parse_hours(hours))
    left = SHORTER_BY
    while left and spans:
        opens, closes = spans.pop()
        taken = min(left, closes - opens)
        left -= taken
        if closes - taken > opens:
            spans.append((opens, closes - taken))
    return ", ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in spans)


def _minutes(opens: HourEnd, closes: HourEnd) -> tuple[int, int]:
    start, end = _minute(opens), _minute(closes)
    return start, end if end > start else end + FULL_DAY


def _minute(clock: HourEnd) -> int:
    return FULL_DAY if isinstance(clock, str) else clock.hour * 60 + clock.minute


def _clock(minute: int) -> str:
    hour, minute = divmod(minute if minute == FULL_DAY else minute % FULL_DAY, 60)
    return f"{hour:02}:{minute:02}"


def _days_off(year: int) -> dict[date, str]:
    return dict(country_holidays("RU", years=year, language="ru"))


def _statutory(year: int) -> set[date]:
    """The holidays of the law themselves, without the days off that only stand for them."""
    named = country_holidays("RU", years=year, language="ru", observed=False)
    return {day for day, name in named.items() if not TRANSFERRED.search(name)}


def _transfers(days_off: Mapping[date, str]) -> dict[date, date]:
    """From each weekend day that was moved to the day off that stands for it."""
    found = ((TRANSFERRED.search(name), day) for day, name in days_off.items())
    return {
        datetime.strptime(match[1], "%d.%m.%Y").date(): day  # noqa: DTZ007 (a date, no instant)
        for match, day in found
        if match
    }


def _dates(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY
