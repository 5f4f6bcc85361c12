"""Rules of surveys as tables (SUR-01 to SUR-03)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from buhbot.worktime import WorkCalendar
from feedback.rules import (
    Facts,
    Quarter,
    Skip,
    days_after,
    is_open,
    may_follow,
    next_quarterly_start,
    quarterly_start,
    skip_reason,
    standing,
)

MOSCOW = "Europe/Moscow"
WEEK = {day: [("09:00", "18:00")] for day in range(1, 6)}
HOLIDAYS = {date(2027, 1, day): () for day in range(1, 9)}
CALENDAR = WorkCalendar(MOSCOW, WEEK, HOLIDAYS)
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
STATES = ("draft", "scheduled", "sending", "active", "closed")


def test_sur_01_a_survey_goes_forward_and_only_what_has_not_started_goes_back() -> None:
    allowed = {(a, b) for a in STATES for b in STATES if may_follow(a, b)}
    assert allowed == {
        ("draft", "scheduled"),
        ("scheduled", "draft"),
        ("scheduled", "sending"),
        ("sending", "active"),
        ("sending", "closed"),
        ("active", "closed"),
    }


@pytest.mark.parametrize(
    ("state", "left_seconds", "seen", "takes_votes"),
    [
        ("active", 1, "active", True),
        ("active", 0, "expired", False),
        ("sending", 1, "sending", True),
        ("sending", -1, "expired", False),
        ("closed", 1, "closed", False),
        ("closed", -1, "closed", False),
        ("draft", 1, "draft", False),
        ("scheduled", 1, "scheduled", False),
    ],
)
def test_sur_01_expiry_is_a_comparison_with_the_clock(
    state: str, left_seconds: int, seen: str, takes_votes: bool
) -> None:
    ends = NOW + timedelta(seconds=left_seconds)
    assert standing(state, expires_at=ends, now=NOW) == seen
    assert is_open(state, expires_at=ends, now=NOW) is takes_votes


@pytest.mark.parametrize(
    ("day", "key", "first", "last", "before"),
    [
        (date(2026, 1, 1), "2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2025-Q4"),
        (date(2026, 6, 30), "2026-Q2", date(2026, 4, 1), date(2026, 6, 30), "2026-Q1"),
        (date(2026, 12, 31), "2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "2026-Q3"),
    ],
)
def test_sur_02_a_quarter_knows_its_dates(day: date, key: str, first: date, last: date, before: str) -> None:
    quarter = Quarter.of(day)
    assert (quarter.key, quarter.first, quarter.last, quarter.before.key) == (key, first, last, before)
    assert quarter.before.after == quarter


@pytest.mark.parametrize(
    ("quarter", "starts"),
    [
        (Quarter(2026, 4), datetime(2026, 10, 5, 8, 0, tzinfo=UTC)),  # Monday 5 October
        (
            Quarter(2027, 1),
            datetime(2027, 1, 11, 8, 0, tzinfo=UTC),
        ),  # Monday 4 January is a holiday, so is the week
        (Quarter(2027, 3), datetime(2027, 7, 5, 8, 0, tzinfo=UTC)),
    ],
)
def test_sur_02_the_first_monday_or_the_next_working_day(quarter: Quarter, starts: datetime) -> None:
    assert quarterly_start(quarter, weekday=1, hour=11, calendar=CALENDAR, zone=MOSCOW) == starts


def test_sur_02_the_hour_is_that_of_the_local_clock_whatever_its_offset() -> None:
    berlin = WorkCalendar("Europe/Berlin", WEEK)
    winter, summer = (
        quarterly_start(Quarter(2027, number), weekday=1, hour=11, calendar=berlin, zone="Europe/Berlin")
        for number in (1, 2)
    )
    assert winter == datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
    assert summer == datetime(2027, 4, 5, 9, 0, tzinfo=UTC)


def test_sur_02_an_hour_that_the_clocks_skip_is_the_one_after_it() -> None:
    sundays = WorkCalendar("Asia/Beirut", {day: [("00:00", "24:00")] for day in range(1, 8)})
    quarter = Quarter(2026, 1)
    assert quarterly_start(quarter, weekday=7, hour=0, calendar=sundays, zone="Asia/Beirut") is not None


def test_sur_02_a_firm_that_never_works_starts_nothing() -> None:
    idle = WorkCalendar(MOSCOW, {})
    assert quarterly_start(Quarter(2026, 4), weekday=1, hour=11, calendar=idle, zone=MOSCOW) is None
    assert next_quarterly_start(NOW, weekday=1, hour=11, calendar=idle, zone=MOSCOW) is None


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        (datetime(2026, 10, 5, 7, 59, tzinfo=UTC), datetime(2026, 10, 5, 8, 0, tzinfo=UTC)),
        (datetime(2026, 10, 5, 8, 0, tzinfo=UTC), datetime(2027, 1, 11, 8, 0, tzinfo=UTC)),
        (
            datetime(2026, 12, 31, 22, 0, tzinfo=UTC),
            datetime(2027, 1, 11, 8, 0, tzinfo=UTC),
        ),  # 2027 in Moscow
    ],
)
def test_sur_02_the_next_start_is_foreseen(now: datetime, starts: datetime) -> None:
    assert next_quarterly_start(now, weekday=1, hour=11, calendar=CALENDAR, zone=MOSCOW) == starts


def test_sur_01_a_survey_ends_at_the_same_time_of_day_when_the_clocks_change() -> None:
    start = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)  # 11:00 in Berlin, two days before winter time
    assert days_after(start, 7, zone="Europe/Berlin") == datetime(2026, 10, 30, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(), None),
        (Facts(is_bot_in=False, is_monitored=False), Skip.BOT_IS_OUT),
        (Facts(is_paused=True, is_monitored=False), Skip.PAUSED),
        (Facts(is_monitored=False), Skip.UNMONITORED),
        (Facts(is_reachable=False), Skip.UNREACHABLE),
        (Facts(has_opted_out=True, is_breached=True), Skip.OPTED_OUT),
        (Facts(is_breached=True), Skip.BREACHED),
        (Facts(last_survey_at=NOW - timedelta(days=30) + timedelta(seconds=1)), Skip.COOL_DOWN),
        (Facts(last_survey_at=NOW - timedelta(days=30)), None),
    ],
)
def test_sur_03_who_is_left_out_and_why(facts: Facts, reason: Skip | None) -> None:
    assert skip_reason(facts, cooldown_days=30, now=NOW) == reason
    if reason == Skip.COOL_DOWN:
        assert skip_reason(facts, cooldown_days=0, now=NOW) is None
