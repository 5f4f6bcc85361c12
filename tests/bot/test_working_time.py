"""Monitoring is shown when the firm works (MON-02)."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.working_time import WorkingTime
from buhbot.models import Calendar
from buhbot.ops.metrics import WORK_ENDS, WORK_STARTS

pytestmark = pytest.mark.django_db
WEEKLY = {str(day): "09:00-18:00" for day in range(1, 6)}


@pytest.fixture(autouse=True)
def firm() -> None:
    Calendar.objects.filter(is_default=True).update(weekly=WEEKLY, time_zone="Europe/Moscow")


def shown(now: datetime) -> tuple[datetime, datetime]:
    WorkingTime().show(now)
    starts, ends = (datetime.fromtimestamp(gauge._value.get(), UTC) for gauge in (WORK_STARTS, WORK_ENDS))
    return starts, ends


def moscow(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour - 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (moscow(24, 9), 24),
        (moscow(24, 17), 24),  # a Tuesday
        (moscow(24, 18), 25),
        (moscow(27, 20), 30),  # Friday evening: Monday
    ],
)
def test_mon_02_the_working_time_that_runs_or_comes_next(now: datetime, day: int) -> None:
    assert shown(now) == (moscow(day, 9), moscow(day, 18))


def test_mon_02_a_firm_that_never_closes_works() -> None:
    Calendar.objects.filter(is_default=True).update(weekly={str(day): "00:00-24:00" for day in range(1, 8)})
    now = moscow(24, 12)
    starts, ends = shown(now)
    assert starts < now < ends


def test_mon_02_a_firm_without_hours_does_not_work() -> None:
    Calendar.objects.filter(is_default=True).update(weekly={})
    now = moscow(24, 12)
    starts, ends = shown(now)
    assert now < starts == ends


def test_mon_02_it_is_looked_up_twice_a_minute() -> None:
    hours, now = WorkingTime(), moscow(24, 17)
    hours.show(now)
    WORK_STARTS.set(0)
    hours.show(now + timedelta(seconds=29))
    assert WORK_STARTS._value.get() == 0
    hours.show(now + timedelta(seconds=30))
    assert WORK_STARTS._value.get() > 0
