"""WT-09: the Russian production calendar, compared day by day with the published ones."""

from datetime import date, timedelta

import pytest

from buhbot.production import hours_of, is_known, production_days, shortened

# Typed from memory, not yet compared with the official pages (40-hour week): days off that fall on Monday to Friday,
# short working days, and weekend days that are worked. Month: days.
PUBLISHED_DAYS_OFF = {
    2022: {1: [3, 4, 5, 6, 7], 2: [23], 3: [7, 8], 5: [2, 3, 9, 10], 6: [13], 11: [4]},
    2023: {1: [2, 3, 4, 5, 6], 2: [23, 24], 3: [8], 5: [1, 8, 9], 6: [12], 11: [6]},
    2024: {
        1: [1, 2, 3, 4, 5, 8],
        2: [23],
        3: [8],
        4: [29, 30],
        5: [1, 9, 10],
        6: [12],
        11: [4],
        12: [30, 31],
    },
    2025: {1: [1, 2, 3, 6, 7, 8], 5: [1, 2, 8, 9], 6: [12, 13], 11: [3, 4], 12: [31]},
    2026: {1: [1, 2, 5, 6, 7, 8, 9], 2: [23], 3: [9], 5: [1, 11], 6: [12], 11: [4], 12: [31]},
}
PUBLISHED_SHORT_DAYS = {
    2022: {2: [22], 3: [5], 11: [3]},
    2023: {2: [22], 3: [7], 11: [3]},
    2024: {2: [22], 3: [7], 5: [8], 6: [11], 11: [2]},
    2025: {3: [7], 4: [30], 6: [11], 11: [1]},
    2026: {4: [30], 5: [8], 6: [11], 11: [3]},
}
PUBLISHED_WORKING_WEEKENDS = {
    2022: {3: [5]},
    2023: {},
    2024: {4: [27], 11: [2], 12: [28]},
    2025: {11: [1]},
    2026: {},
}
# Working hours of a 40-hour week in the whole year, as the same pages sum them up.
PUBLISHED_HOURS = {2022: 1973, 2023: 1973, 2024: 1979, 2025: 1972, 2026: 1972}
WEEK = {str(day): "09:00-18:00" if day <= 5 else "" for day in range(1, 8)}
YEARS = sorted(PUBLISHED_DAYS_OFF)


def dates(months: dict[int, list[int]], year: int) -> set[date]:
    return {date(year, month, day) for month, days in months.items() for day in days}


def published(day: date) -> str:
    off = day in dates(PUBLISHED_DAYS_OFF[day.year], day.year)
    is_short = day in dates(PUBLISHED_SHORT_DAYS[day.year], day.year)
    is_worked = day.isoweekday() <= 5 or day in dates(PUBLISHED_WORKING_WEEKENDS[day.year], day.year)
    if off or not is_worked:
        return ""
    return "09:00-17:00" if is_short else "09:00-18:00"


def hours(year: int) -> dict[date, str]:
    """Every date of the year with its hours, from the product."""
    differing = {day.on: hours_of(day, WEEK) for day in production_days(year)}
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    days = [first + timedelta(days=count) for count in range(length)]
    return {day: differing.get(day, WEEK[str(day.isoweekday())]) for day in days}


@pytest.mark.parametrize("year", YEARS)
def test_wt_09_every_day_is_as_published(year: int) -> None:
    assert {
        day: (found, published(day)) for day, found in hours(year).items() if found != published(day)
    } == {}


@pytest.mark.parametrize("year", YEARS)
def test_wt_09_the_year_has_the_published_number_of_working_hours(year: int) -> None:
    worked = {"": 0, "09:00-17:00": 7, "09:00-18:00": 8}  # an hour of lunch
    assert sum(worked[found] for found in hours(year).values()) == PUBLISHED_HOURS[year]


def test_wt_09_known_answers() -> None:
    of_2025, of_2026 = hours(2025), hours(2026)
    assert of_2025[date(2025, 11, 1)] == "09:00-17:00"
    assert of_2025[date(2025, 12, 31)] == ""
    assert of_2025[date(2025, 12, 30)] == "09:00-18:00"  # before a transferred day off
    assert of_2026[date(2026, 1, 9)] == ""
    assert of_2026[date(2026, 5, 8)] == of_2026[date(2026, 11, 3)] == "09:00-17:00"


def test_wt_09_a_year_without_transfers_is_unknown() -> None:
    assert [is_known(year) for year in (2024, 2026, 2090)] == [True, True, False]


def test_wt_09_a_working_saturday_takes_the_hours_of_the_day_it_stands_for() -> None:
    week = WEEK | {"1": "10:00-16:00", "2": "08:00-20:00", "6": "11:00-12:00"}
    found = {day.on: hours_of(day, week) for day in production_days(2024)}
    assert found[date(2024, 4, 27)] == "10:00-16:00"  # for Monday 29 April
    assert found[date(2024, 11, 2)] == "08:00-19:00"  # for Tuesday 30 April, the eve of a holiday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00-18:00", "09:00-17:00"),
        ("09:00-13:00, 14:00-18:00", "09:00-13:00, 14:00-17:00"),
        ("14:00-18:00, 09:00-13:00", "09:00-13:00, 14:00-17:00"),
        ("09:00-13:00, 14:00-14:30", "09:00-12:30"),
        ("22:00-06:00", "22:00-05:00"),
        ("23:30-00:30", ""),
        ("22:00-00:30", "22:00-23:30"),
        ("00:00-24:00", "00:00-23:00"),
        ("22:00-01:00", "22:00-24:00"),
        ("17:00-18:00", ""),
        ("", ""),
    ],
)
def test_wt_09_a_short_day_loses_its_last_hour(text: str, expected: str) -> None:
    assert shortened(text) == expected
