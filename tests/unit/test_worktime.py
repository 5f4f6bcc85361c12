"""The arithmetic of working time: rules WT-01 to WT-08, by tables, known answers and an oracle."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from buhbot.worktime import NoWorkingTime, WorkCalendar
from tests.unit.worktime_oracle import Oracle

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ZERO = timedelta(0)

OFFICE_HOURS = [("09:00", "18:00")]
OFFICE = {weekday: OFFICE_HOURS for weekday in range(1, 6)}
LUNCH = {weekday: [("09:00", "13:00"), ("14:00", "18:00")] for weekday in range(1, 6)}
NIGHTS = {weekday: [("22:00", "06:00")] for weekday in range(1, 8)}
ALWAYS = {weekday: [("00:00", "24:00")] for weekday in range(1, 8)}
MOSCOW = WorkCalendar("Europe/Moscow", OFFICE)


def at(text: str, zone: str = "Europe/Moscow", *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def every_day(start: str, end: str) -> dict[int, list[tuple[str, str]]]:
    return {weekday: [(start, end)] for weekday in range(1, 8)}


# WT-08: known answers. 2026-02-06 is a Friday.


def test_wt_08_friday_evening_to_monday_morning_is_ten_minutes():
    assert MOSCOW.elapsed(at("2026-02-06T17:55"), at("2026-02-09T09:05")) == 10 * MINUTE


def test_wt_08_a_request_on_friday_night_is_due_on_monday_at_ten():
    assert MOSCOW.deadline(at("2026-02-06T20:00"), HOUR) == at("2026-02-09T10:00")


def test_wt_08_the_january_holidays_are_skipped():
    holidays: dict[date, list[tuple[str, str]]] = {date(2026, 1, day): [] for day in range(1, 9)}
    calendar = WorkCalendar("Europe/Moscow", OFFICE, holidays)
    assert calendar.elapsed(at("2025-12-31T17:00"), at("2026-01-09T10:00")) == 2 * HOUR
    assert calendar.deadline(at("2025-12-31T17:30"), HOUR) == at("2026-01-09T09:30")


# WT-01: what a calendar says.


@pytest.mark.parametrize(
    ("weekly", "start", "end", "hours"),
    [
        pytest.param(OFFICE, "2026-02-02T00:00", "2026-02-03T00:00", 9, id="a working day"),
        pytest.param(OFFICE, "2026-02-02T00:00", "2026-02-09T00:00", 45, id="a week"),
        pytest.param(OFFICE, "2026-02-07T00:00", "2026-02-09T00:00", 0, id="a weekend"),
        pytest.param(OFFICE, "2026-02-02T10:00", "2026-02-02T12:30", 2.5, id="inside one interval"),
        pytest.param(
            OFFICE, "2026-02-02T18:00", "2026-02-03T09:00", 0, id="the closing minute is not worked"
        ),
        pytest.param(OFFICE, "2026-01-01T00:00", "2027-01-01T00:00", 261 * 9, id="a year"),
        pytest.param(LUNCH, "2026-02-02T12:30", "2026-02-02T14:30", 1, id="lunch is not worked"),
        pytest.param(LUNCH, "2026-02-02T13:10", "2026-02-02T13:50", 0, id="inside lunch"),
        pytest.param(NIGHTS, "2026-02-02T20:00", "2026-02-03T08:00", 8, id="a night"),
        pytest.param(NIGHTS, "2026-02-02T23:30", "2026-02-03T00:30", 1, id="over midnight"),
        pytest.param(
            {7: [("22:00", "06:00")]}, "2026-02-02T00:00", "2026-02-03T00:00", 6, id="Sunday's night"
        ),
        pytest.param({1: [("00:00", "00:00")]}, "2026-02-01T00:00", "2026-02-04T00:00", 24, id="a full day"),
        pytest.param({1: [("09:00", "09:00")]}, "2026-02-02T00:00", "2026-02-04T00:00", 24, id="24 h from 9"),
        pytest.param({1: [("20:00", "24:00")]}, "2026-02-02T00:00", "2026-02-04T00:00", 4, id="until 24:00"),
        pytest.param({}, "2026-02-02T00:00", "2026-02-09T00:00", 0, id="no hours at all"),
    ],
)
def test_wt_01_weekly_hours_are_counted(weekly, start, end, hours):
    assert WorkCalendar("Europe/Moscow", weekly).elapsed(at(start), at(end)) == hours * HOUR


@pytest.mark.parametrize(
    ("exceptions", "hours"),
    [
        pytest.param({}, 45, id="an ordinary week"),
        pytest.param({date(2026, 2, 3): []}, 36, id="a day off"),
        pytest.param({date(2026, 2, 3): [("09:00", "17:00")]}, 44, id="a shortened day"),
        pytest.param({date(2026, 2, 7): OFFICE_HOURS}, 54, id="a working Saturday"),
        pytest.param({date(2026, 2, 3): [], date(2026, 2, 7): OFFICE_HOURS}, 45, id="a transferred day"),
        pytest.param({date(2026, 2, 8): [("20:00", "02:00")]}, 49, id="a Sunday night cut by the week's end"),
    ],
)
def test_wt_01_an_exception_replaces_the_intervals_of_its_date(exceptions, hours):
    calendar = WorkCalendar("Europe/Moscow", OFFICE, exceptions)
    assert calendar.elapsed(at("2026-02-02T00:00"), at("2026-02-09T00:00")) == hours * HOUR


def test_wt_01_an_exception_leaves_the_night_that_began_the_day_before():
    calendar = WorkCalendar("Europe/Moscow", NIGHTS, {date(2026, 2, 3): []})
    spans = list(calendar.intervals(at("2026-02-02T12:00"), at("2026-02-05T00:00")))
    assert spans == [
        (at("2026-02-02T22:00"), at("2026-02-03T06:00")),
        (at("2026-02-04T22:00"), at("2026-02-05T00:00")),
    ]


@pytest.mark.parametrize(
    "intervals",
    [
        [("09:00", "14:00"), ("13:00", "18:00")],
        [("13:00", "18:00"), ("09:00", "13:00")],
        [("09:00", "18:00"), ("10:00", "11:00")],
        [("09:00", "18:00"), ("09:00", "18:00")],
    ],
)
def test_wt_01_overlapping_and_touching_intervals_are_merged(intervals):
    assert WorkCalendar("UTC", {1: intervals}) == WorkCalendar("UTC", {1: OFFICE_HOURS})


def test_wt_01_a_night_that_overlaps_the_next_morning_is_counted_once():
    calendar = WorkCalendar("UTC", {1: [("22:00", "10:00")], 2: OFFICE_HOURS})
    assert calendar.elapsed(utc("2026-02-02T00:00"), utc("2026-02-04T00:00")) == 20 * HOUR


def test_wt_01_interval_ends_are_times_or_texts():
    times = WorkCalendar("UTC", {1: [(time(9), time(18))]}, {date(2026, 2, 3): [(time(20), "24:00")]})
    texts = WorkCalendar(
        timezone="UTC", weekly={1: [("09:00", "18:00")]}, exceptions={date(2026, 2, 3): [("20:00", "24:00")]}
    )
    assert times == texts


@pytest.mark.parametrize(
    ("timezone", "weekly", "exceptions"),
    [
        pytest.param("Europe/Nowhere", {}, {}, id="unknown zone"),
        pytest.param("../etc/passwd", {}, {}, id="a path for a zone"),
        pytest.param("", {}, {}, id="no zone"),
        pytest.param("Europe", {}, {}, id="a folder of zones"),
        pytest.param("UTC", {0: []}, {}, id="weekday 0"),
        pytest.param("UTC", {8: []}, {}, id="weekday 8"),
        pytest.param("UTC", {"1": []}, {}, id="weekday as text"),
        pytest.param("UTC", {1: [("24:00", "06:00")]}, {}, id="a start of 24:00"),
        pytest.param("UTC", {1: [("09:00", "25:00")]}, {}, id="an end of 25:00"),
        pytest.param("UTC", {1: [("nine", "18:00")]}, {}, id="words"),
        pytest.param("UTC", {1: [(9, 18)]}, {}, id="numbers"),
        pytest.param("UTC", {1: [(time(9, tzinfo=UTC), time(18))]}, {}, id="a time with a zone"),
        pytest.param("UTC", {1: [("09:00",)]}, {}, id="no end"),
        pytest.param("UTC", {}, {datetime(2026, 2, 2, tzinfo=UTC): []}, id="a moment for a date"),
        pytest.param("UTC", {}, {"2026-02-02": []}, id="a text for a date"),
    ],
)
def test_wt_01_what_is_no_calendar_is_refused(timezone, weekly, exceptions):
    with pytest.raises(ValueError, match=r"."):
        WorkCalendar(timezone, weekly, exceptions)


# WT-02: elapsed and deadline.


@pytest.mark.parametrize("end", ["2026-02-02T12:00", "2026-02-02T11:00", "2020-01-01T00:00"])
def test_wt_02_nothing_elapses_when_the_end_is_not_after_the_start(end):
    assert MOSCOW.elapsed(at("2026-02-02T12:00"), at(end)) == ZERO


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        pytest.param("2026-02-02T10:00", 60, "2026-02-02T11:00", id="inside the day"),
        pytest.param("2026-02-02T17:30", 60, "2026-02-03T09:30", id="over the night"),
        pytest.param("2026-02-02T17:00", 60, "2026-02-02T18:00", id="exactly at closing, not next morning"),
        pytest.param("2026-02-02T09:00", 540, "2026-02-02T18:00", id="exactly one day"),
        pytest.param("2026-02-02T09:00", 541, "2026-02-03T09:01", id="one day and a minute"),
        pytest.param("2026-02-02T09:00", 2700, "2026-02-06T18:00", id="exactly one week"),
        pytest.param("2026-02-02T09:00", 2701, "2026-02-09T09:01", id="one week and a minute"),
        pytest.param("2026-01-01T00:00", 261 * 540, "2026-12-31T18:00", id="exactly one year"),
        pytest.param("2026-02-02T10:00", 0, "2026-02-02T10:00", id="zero in hours"),
        pytest.param("2026-02-02T18:00", 0, "2026-02-03T09:00", id="zero at closing"),
        pytest.param("2026-02-06T20:00", 0, "2026-02-09T09:00", id="zero before a weekend"),
    ],
)
def test_wt_02_deadline_is_the_first_instant_that_has_the_target(start, minutes, due):
    assert MOSCOW.deadline(at(start), minutes * MINUTE) == at(due)


def test_wt_02_a_negative_target_is_refused():
    with pytest.raises(ValueError, match="negative"):
        MOSCOW.deadline(at("2026-02-02T10:00"), -MINUTE)


def test_wt_02_microseconds_are_kept():
    start = at("2026-02-02T17:59:59.999999")
    assert MOSCOW.elapsed(start, at("2026-02-03T09:00:00.000001")) == timedelta(microseconds=2)
    assert MOSCOW.deadline(start, timedelta(microseconds=2)) == at("2026-02-03T09:00:00.000001")
    calendar = WorkCalendar("UTC", {1: [(time(9), time(9, 0, 1, 5))]})
    assert calendar.elapsed(utc("2026-02-02T00:00"), utc("2026-02-03T00:00")) == timedelta(
        seconds=1, microseconds=5
    )


# WT-03: aware in, UTC out.


@pytest.mark.parametrize(
    "call",
    [
        lambda naive, aware: MOSCOW.elapsed(naive, aware),
        lambda naive, aware: MOSCOW.elapsed(aware, naive),
        lambda naive, aware: MOSCOW.deadline(naive, HOUR),
        lambda naive, aware: MOSCOW.intervals(naive, aware),
        lambda naive, aware: MOSCOW.intervals(aware, naive),
        lambda naive, aware: MOSCOW.is_working(naive),
        lambda naive, aware: MOSCOW.next_opening(naive),
        lambda naive, aware: MOSCOW.has_working_time_after(naive),
    ],
)
def test_wt_03_a_naive_datetime_is_refused(call):
    aware = utc("2026-02-02T12:00")
    with pytest.raises(ValueError, match="time zone"):
        call(aware.replace(tzinfo=None), aware)


def test_wt_03_results_are_in_utc():
    start = at("2026-02-02T10:00", "Asia/Vladivostok")
    ((opens, closes),) = MOSCOW.intervals(start, start + DAY)
    results = [MOSCOW.deadline(start, HOUR), MOSCOW.next_opening(start), opens, closes]
    assert {result.tzinfo for result in results} == {UTC}


def test_wt_03_the_zone_of_the_question_does_not_matter():
    start, end = at("2026-02-02T10:00"), at("2026-02-05T10:00")
    there = ZoneInfo("America/New_York")
    assert MOSCOW.elapsed(start.astimezone(there), end.astimezone(UTC)) == MOSCOW.elapsed(start, end)


# WT-04: real seconds count. A skipped hour is not worked, a repeated one is worked twice.


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "minutes"),
    [
        pytest.param(
            "Europe/Berlin", "2026-03-29", "02:00", "04:00", 60, id="Berlin spring, shift over the gap"
        ),
        pytest.param(
            "Europe/Berlin", "2026-03-29", "02:00", "03:00", 0, id="Berlin spring, shift in the gap"
        ),
        pytest.param(
            "Europe/Berlin", "2026-03-29", "02:30", "03:30", 30, id="Berlin spring, start in the gap"
        ),
        pytest.param("Europe/Berlin", "2026-03-29", "01:00", "02:30", 60, id="Berlin spring, end in the gap"),
        pytest.param("Europe/Berlin", "2026-03-29", "00:00", "24:00", 1380, id="Berlin spring, whole day"),
        pytest.param(
            "Europe/Berlin", "2026-10-25", "02:00", "04:00", 180, id="Berlin autumn, shift over both"
        ),
        pytest.param(
            "Europe/Berlin", "2026-10-25", "02:00", "03:00", 120, id="Berlin autumn, the hour twice"
        ),
        pytest.param(
            "Europe/Berlin", "2026-10-25", "01:00", "02:30", 120, id="Berlin autumn, end in the hour"
        ),
        pytest.param("Europe/Berlin", "2026-10-25", "00:00", "24:00", 1500, id="Berlin autumn, whole day"),
        pytest.param("America/New_York", "2026-03-08", "01:00", "04:00", 120, id="New York spring"),
        pytest.param("America/New_York", "2026-11-01", "01:00", "04:00", 240, id="New York autumn"),
        pytest.param(
            "Australia/Lord_Howe", "2026-10-04", "01:00", "04:00", 150, id="Lord Howe, half an hour less"
        ),
        pytest.param(
            "Australia/Lord_Howe", "2026-04-05", "01:00", "04:00", 210, id="Lord Howe, half an hour more"
        ),
        pytest.param("Asia/Tehran", "2022-03-22", "00:00", "02:00", 60, id="Tehran, a gap at midnight"),
        pytest.param("Asia/Tehran", "2022-09-21", "22:00", "24:00", 180, id="Tehran, a fold before midnight"),
        pytest.param("Europe/Moscow", "2014-10-26", "00:00", "03:00", 240, id="Moscow's last change"),
        pytest.param(
            "Europe/Moscow", "2026-03-29", "00:00", "24:00", 1440, id="Moscow has no summer time now"
        ),
        pytest.param(
            "America/St_Johns", "2010-11-06", "23:00", "24:00", 119, id="St John's, back into yesterday"
        ),
    ],
)
def test_wt_04_a_shift_on_the_night_of_a_clock_change_has_its_real_length(zone, day, start, end, minutes):
    calendar = WorkCalendar(zone, {}, {date.fromisoformat(day): [(start, end)]})
    noon = at(f"{day}T12:00", zone).astimezone(UTC)
    assert calendar.elapsed(noon - 2 * DAY, noon + 2 * DAY) == minutes * MINUTE


def test_wt_04_a_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn():
    calendar = WorkCalendar("Europe/Berlin", NIGHTS)
    opening = at("2026-03-28T22:00", "Europe/Berlin")
    assert calendar.deadline(opening, 7 * HOUR) == at("2026-03-29T06:00", "Europe/Berlin")
    opening = at("2026-10-24T22:00", "Europe/Berlin")
    assert calendar.deadline(opening, 9 * HOUR) == at("2026-10-25T06:00", "Europe/Berlin")


def test_wt_04_the_day_that_apia_skipped_is_not_worked():
    calendar = WorkCalendar("Pacific/Apia", OFFICE, {date(2011, 12, 30): [("00:00", "24:00")]})
    start, end = at("2011-12-29T00:00", "Pacific/Apia"), at("2012-01-03T00:00", "Pacific/Apia")
    assert calendar.elapsed(start, end) == 2 * 9 * HOUR


def test_wt_04_fold_tells_the_two_passes_of_a_repeated_hour_apart():
    calendar = WorkCalendar("Europe/Berlin", every_day("02:30", "02:45"))
    first, second = (at("2026-10-25T02:30", "Europe/Berlin", fold=fold) for fold in (0, 1))
    assert list(calendar.intervals(first, second + HOUR)) == [
        (utc("2026-10-25T00:30"), utc("2026-10-25T00:45")),
        (utc("2026-10-25T01:30"), utc("2026-10-25T01:45")),
    ]
    assert calendar.elapsed(first, second) == 15 * MINUTE


# WT-05: round the clock.


@pytest.mark.parametrize("zone", ["UTC", "Europe/Moscow", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia"])
@pytest.mark.parametrize("interval", [("00:00", "24:00"), ("00:00", "00:00"), ("09:00", "09:00")])
def test_wt_05_round_the_clock_is_exact(zone, interval):
    calendar = WorkCalendar(zone, every_day(*interval))
    start, end = utc("2011-06-01T12:34:56.789"), utc("2026-06-01T00:00:01")
    assert calendar.elapsed(start, end) == end - start
    assert calendar.deadline(start, end - start) == end
    assert list(calendar.intervals(start, end)) == [(start, end)]


# WT-06: no working time.


@pytest.mark.parametrize(
    ("weekly", "exceptions"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({1: [], 2: []}, {}, id="empty weekdays"),
        pytest.param({}, {date(2026, 1, 31): OFFICE_HOURS}, id="the last working date is over"),
        pytest.param({}, {date(2030, 1, 1): []}, id="a day off later"),
    ],
)
def test_wt_06_a_calendar_without_working_time_has_no_deadline(weekly, exceptions):
    calendar, start = WorkCalendar("Europe/Moscow", weekly, exceptions), at("2026-02-02T10:00")
    assert not calendar.has_working_time_after(start)
    for target in (ZERO, MINUTE):
        with pytest.raises(NoWorkingTime):
            calendar.deadline(start, target)


def test_wt_06_working_exceptions_are_enough():
    far = {date(2026, 2, 7): OFFICE_HOURS, date(9000, 5, 5): [("22:00", "06:00")]}
    calendar, start = WorkCalendar("Europe/Moscow", {}, far), at("2026-02-02T10:00")
    assert calendar.has_working_time_after(start)
    assert calendar.next_opening(start) == at("2026-02-07T09:00")
    assert calendar.deadline(start, 10 * HOUR) == at("9000-05-05T23:00")
    with pytest.raises(NoWorkingTime):
        calendar.deadline(start, 17 * HOUR + MINUTE)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("start", ["01:00", "23:00"])
@pytest.mark.parametrize("day", [date(2026, 2, 2) + days * DAY for days in range(7)])
def test_wt_06_a_lone_working_date_is_found_on_every_weekday(zone, start, day):
    calendar = WorkCalendar(zone, {}, {day: [(start, start)]})
    opens, closes = at(f"{day}T{start}", zone), at(f"{day + DAY}T{start}", zone)
    assert list(calendar.intervals(opens - 30 * DAY, opens + 30 * DAY)) == [(opens, closes)]
    assert calendar.deadline(opens - 30 * DAY, DAY) == closes


def test_wt_06_a_long_closure_is_waited_for():
    closed: dict[date, list[tuple[str, str]]] = {date(2026, 2, 2) + day * DAY: [] for day in range(3650)}
    calendar = WorkCalendar("Europe/Moscow", OFFICE, closed)
    assert calendar.deadline(at("2026-02-02T10:00"), HOUR) == at("2036-01-31T10:00")


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
def test_wt_06_the_ends_of_the_calendar_are_safe(zone):
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for weekly in (OFFICE, ALWAYS, NIGHTS):
        calendar = WorkCalendar(zone, weekly, {date.max: OFFICE_HOURS, date.min: [("22:00", "06:00")]})
        assert ZERO < calendar.elapsed(last - 9 * DAY, last) <= 9 * DAY
        assert ZERO < calendar.elapsed(first, first + 9 * DAY) <= 9 * DAY
        assert calendar.next_opening(first) <= first + 9 * DAY
        assert list(calendar.intervals(last - 9 * DAY, last))
        assert list(calendar.intervals(first, first + 9 * DAY))
        with pytest.raises(NoWorkingTime):
            calendar.deadline(last - DAY, 2 * DAY)
        with pytest.raises(NoWorkingTime):
            calendar.deadline(first, timedelta.max)


def test_wt_06_nobody_works_beyond_the_first_and_last_instant_of_utc():
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    beyond = datetime.max.replace(tzinfo=ZoneInfo("America/New_York"))
    before = datetime.min.replace(tzinfo=ZoneInfo("Europe/Moscow"))
    calendar = WorkCalendar("UTC", ALWAYS)
    assert calendar.elapsed(last - HOUR, beyond) == HOUR
    assert list(calendar.intervals(last - HOUR, beyond)) == [(last - HOUR, last)]
    assert list(calendar.intervals(before, first + HOUR)) == [(first, first + HOUR)]
    assert calendar.next_opening(before) == first
    with pytest.raises(NoWorkingTime):
        calendar.deadline(beyond, ZERO)


# The questions beside the two: when is the next opening, is it open now, which spans.


@pytest.mark.parametrize(
    ("instant", "working", "opening"),
    [
        ("2026-02-02T08:59:59", False, "2026-02-02T09:00"),
        ("2026-02-02T09:00", True, "2026-02-02T09:00"),
        ("2026-02-02T12:59:59", True, "2026-02-02T12:59:59"),
        ("2026-02-02T13:00", False, "2026-02-02T14:00"),
        ("2026-02-02T18:00", False, "2026-02-03T09:00"),
        ("2026-02-06T18:00", False, "2026-02-09T09:00"),
    ],
)
def test_opening_is_inclusive_and_closing_is_not(instant, working, opening):
    calendar = WorkCalendar("Europe/Moscow", LUNCH)
    assert calendar.is_working(at(instant)) is working
    assert calendar.next_opening(at(instant)) == at(opening)


def test_intervals_are_cut_to_the_question_and_joined_over_midnight():
    calendar = WorkCalendar(
        "Europe/Moscow", {3: [("20:00", "24:00")], 4: [("00:00", "02:00"), ("09:00", "18:00")]}
    )
    assert list(calendar.intervals(at("2026-02-04T21:00"), at("2026-02-05T10:00"))) == [
        (at("2026-02-04T21:00"), at("2026-02-05T02:00")),
        (at("2026-02-05T09:00"), at("2026-02-05T10:00")),
    ]


@pytest.mark.parametrize("end", ["2026-02-02T12:00", "2026-02-02T11:00", "2026-01-02T11:00"])
def test_intervals_of_no_time_are_none(end):
    assert list(MOSCOW.intervals(at("2026-02-02T12:00"), at(end))) == []


# WT-07: the cache inside a calendar changes nothing that can be seen.


def test_wt_07_a_calendar_is_a_value():
    twin = WorkCalendar("Europe/Moscow", OFFICE)
    twin.elapsed(at("2026-01-01T00:00"), at("2026-02-01T00:00"))
    assert twin == MOSCOW
    assert hash(twin) == hash(MOSCOW)
    assert twin != WorkCalendar("Europe/Moscow", OFFICE, {date(2026, 2, 3): []})
    assert twin != WorkCalendar("Europe/Berlin", OFFICE)


def test_wt_07_a_calendar_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        MOSCOW.timezone = "UTC"  # type: ignore[misc]
    with pytest.raises(TypeError):
        MOSCOW.weekly[6] = OFFICE_HOURS  # type: ignore[index]


def test_wt_07_changing_what_it_was_made_of_does_not_change_a_calendar():
    weekly = {1: [("09:00", "18:00")]}
    calendar = WorkCalendar("UTC", weekly)
    weekly[1].append(("19:00", "20:00"))
    assert calendar == WorkCalendar("UTC", {1: OFFICE_HOURS})
    assert calendar.weekly == {1: (("09:00", "18:00"),)}


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_wt_07_a_calendar_can_be_copied_and_pickled(clone):
    calendar = WorkCalendar("Europe/Berlin", LUNCH, {date(2026, 2, 3): [(time(20), "24:00")]})
    calendar.is_working(utc("2026-02-02T12:00"))
    assert clone(calendar) == calendar


def test_wt_07_threads_may_share_a_calendar():
    calendar = WorkCalendar("Europe/Berlin", LUNCH)
    spans = [(utc(f"{year}-01-01T00:00"), utc(f"{year + 3}-01-01T00:00")) for year in range(1990, 2020)]
    expected = [WorkCalendar("Europe/Berlin", LUNCH).elapsed(*span) for span in spans]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda span: calendar.elapsed(*span), spans)) == expected


def test_wt_07_a_calendar_that_forgets_old_weeks_stays_exact():
    start, middle, end = (utc(f"{year}-01-01T00:00") for year in (1990, 2015, 2040))
    whole = MOSCOW.elapsed(start, end)
    assert MOSCOW.elapsed(start, middle) + MOSCOW.elapsed(middle, end) == whole
    assert MOSCOW.deadline(start, whole) <= end


# Properties. Instants fall within a few days of a change of clocks, where mistakes live.

CLOCK_CHANGES = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Asia/Tehran", "2022-03-22"),
    ("Asia/Tehran", "2022-09-22"),
    ("Europe/Moscow", "2014-10-26"),
    ("Europe/Moscow", "2026-01-01"),
    ("Pacific/Apia", "2011-12-30"),
    ("America/St_Johns", "2010-11-07"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/Recife", "2000-10-12"),
]
quarters = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
interval = st.tuples(quarters, quarters | st.just("24:00"))
hours = st.lists(interval, max_size=3)
weeks = st.dictionaries(st.integers(1, 7), hours, max_size=7)
minute = st.integers(-4320, 4320).map(lambda minutes: minutes * MINUTE)
moment = st.integers(-10 * 86400, 10 * 86400).map(lambda seconds: timedelta(seconds=seconds))


@st.composite
def cases(draw):
    """Return the arguments of a calendar and the midnight around which to ask it."""
    zone, day = draw(st.sampled_from(CLOCK_CHANGES))
    middle = date.fromisoformat(day)
    dates = st.integers(-4, 4).map(lambda days: middle + days * DAY)
    return (zone, draw(weeks), draw(st.dictionaries(dates, hours, max_size=3))), utc(day)


@settings(max_examples=300, deadline=None)
@given(cases(), minute, minute)
def test_elapsed_agrees_with_the_oracle(case, one, other):
    arguments, middle = case
    start, end = middle + min(one, other), middle + max(one, other)
    assert WorkCalendar(*arguments).elapsed(start, end) == Oracle(*arguments).elapsed(start, end)


@settings(max_examples=300, deadline=None)
@given(cases(), minute, st.integers(0, 2880).map(lambda minutes: minutes * MINUTE))
def test_deadline_agrees_with_the_oracle(case, shift, target):
    arguments, middle = case
    start, horizon = middle + shift, middle + shift + 3 * DAY
    expected = Oracle(*arguments).deadline(start, target, horizon)
    try:
        due = WorkCalendar(*arguments).deadline(start, target)
    except NoWorkingTime:
        due = None
    assert due == expected if expected else due is None or due >= horizon


@settings(max_examples=300, deadline=None)
@given(cases(), minute)
def test_is_working_agrees_with_the_oracle(case, shift):
    arguments, middle = case
    calendar, oracle = WorkCalendar(*arguments), Oracle(*arguments)
    instants = [middle + shift + step * 7 * MINUTE for step in range(100)]
    assert [calendar.is_working(it) for it in instants] == [oracle.is_working(it) for it in instants]


@given(cases(), moment, moment, moment)
def test_elapsed_is_additive(case, one, other, another):
    arguments, middle = case
    calendar = WorkCalendar(*arguments)
    first, second, third = (middle + shift for shift in sorted([one, other, another]))
    parts = calendar.elapsed(first, second) + calendar.elapsed(second, third)
    assert parts == calendar.elapsed(first, third)


@given(cases(), moment, st.integers(0, 400_000_000).map(lambda ms: timedelta(milliseconds=ms)))
@example((("UTC", {1: [(time(0), "24:00")]}, {}), utc("2026-02-02")), ZERO, DAY)
def test_wt_02_deadline_is_the_inverse_of_elapsed_and_the_first_such_instant(case, shift, target):
    arguments, middle = case
    calendar, start = WorkCalendar(*arguments), middle + shift
    if not calendar.has_working_time_after(start):
        return
    try:
        due = calendar.deadline(start, target)
    except NoWorkingTime:
        assert not any(arguments[1].values())
        return
    assert calendar.elapsed(start, due) == target
    if target:
        assert calendar.elapsed(start, due - timedelta(microseconds=1)) < target
    else:
        assert calendar.is_working(due)


@given(cases(), moment, moment)
def test_intervals_are_apart_in_order_and_add_up(case, one, other):
    arguments, middle = case
    calendar = WorkCalendar(*arguments)
    start, end = middle + min(one, other), middle + max(one, other)
    spans = list(calendar.intervals(start, end))
    assert all(start <= opens < closes <= end for opens, closes in spans)
    assert all(closes < opens for (_, closes), (opens, _) in pairwise(spans))
    assert sum((closes - opens for opens, closes in spans), ZERO) == calendar.elapsed(start, end)
