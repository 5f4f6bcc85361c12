"""Which alerts go to somebody in one message (ALR-06, TIM-03)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.announcer.rules import bundle, portions

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Alert:
    request_id: int
    minutes_ago: float = 0

    @property
    def instant(self) -> datetime:
        return NOW - timedelta(minutes=self.minutes_ago)


def sizes(alerts: list[Alert], told_lately: int = 0) -> list[int]:
    """How many alerts each message holds; of a summary the number is negative."""
    bundles = bundle(alerts, told_lately=told_lately, now=NOW)
    return [-len(one.alerts) if one.is_summary else len(one.alerts) for one in bundles]


@pytest.mark.parametrize(
    ("count", "told_lately", "expected"),
    [
        (0, 0, []),
        (1, 0, [1]),
        (5, 0, [1, 1, 1, 1, 1]),
        (6, 0, [1, 1, 1, 1, 1, 1]),
        (8, 0, [1, 1, 1, 1, 1, 3]),
        (8, 3, [1, 1, 6]),
        (8, 5, [8]),
        (8, 50, [8]),
    ],
)
def test_alr_06_five_a_minute_go_singly_and_the_rest_as_one(
    count: int, told_lately: int, expected: list[int]
) -> None:
    assert sizes([Alert(number) for number in range(count)], told_lately) == expected


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        ([Alert(1, 30)], [1]),
        ([Alert(1, 31)], [1]),
        ([Alert(1, 31), Alert(2, 31)], [-2]),
        ([Alert(1, 30), Alert(2, 31)], [1, 1]),
        ([Alert(1, 91), Alert(1, 61), Alert(1, 31)], [3]),
        ([Alert(1, 91), Alert(1, 1), Alert(2, 1)], [2, 1]),
        ([Alert(1, 25), Alert(1, 20), Alert(2, 20), Alert(1, 15)], [3, 1]),
        ([Alert(1, 91), Alert(2, 61), Alert(1, 1), Alert(3, 1)], [-3, 1]),
    ],
)
def test_tim_03_what_is_old_goes_as_one_summary(alerts: list[Alert], expected: list[int]) -> None:
    assert sizes(alerts) == expected


def test_alr_06_nothing_is_lost_or_told_twice() -> None:
    alerts = [Alert(number % 7, number * 3) for number in range(40)]
    told = [alert for one in bundle(alerts, told_lately=2, now=NOW) for alert in one.alerts]
    assert sorted(told, key=lambda alert: alert.minutes_ago) == alerts


@pytest.mark.parametrize(
    ("widths", "expected"),
    [
        ([], [0]),
        ([10], [1]),
        ([40, 40, 40], [2, 1]),
        ([90, 20], [1, 1]),
        ([200, 1], [1, 1]),
        ([1] * 7, [3, 3, 1]),
    ],
)
def test_out_07_a_list_is_split_between_lines(widths: list[int], expected: list[int]) -> None:
    assert portions(widths, room=100, most=3) == expected
