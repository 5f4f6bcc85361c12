"""Which archives are kept (BAK-01)."""

from datetime import UTC, datetime, timedelta

import pytest

from buhbot.ops.backup.retention import made_at, name_of, superfluous

NOW = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)


def nightly(days: int) -> list[str]:
    return [name_of(NOW - timedelta(days=day), is_encrypted=True) for day in range(days)]


def test_bak_01_seven_days_and_four_weeks_are_kept() -> None:
    names = nightly(60)
    kept = [name for name in names if name not in superfluous(names)]
    assert [(NOW - at).days for name in kept if (at := made_at(name))] == [0, 1, 2, 3, 4, 5, 6, 10, 17]


def test_bak_01_of_a_day_the_newest_is_kept() -> None:
    names = [name_of(NOW + timedelta(hours=hour), is_encrypted=False) for hour in (0, 5, 10)]
    assert superfluous(names) == names[:2]


def test_bak_01_after_a_month_of_failures_the_old_ones_stay() -> None:
    names = nightly(60)[40:47]
    assert superfluous(names) == []


@pytest.mark.parametrize(
    "name", ["other.tar", "buhbot-1.tar", "buhbot-20261399T000000Z.tar", ".unfinished-1", ""]
)
def test_bak_01_what_is_no_archive_of_ours_is_never_deleted(name: str) -> None:
    assert made_at(name) is None
    assert superfluous([name, *nightly(30)]) == superfluous(nightly(30))
