"""Days as people write them after /absence (STF-03)."""

from datetime import date

import pytest

from buhbot.rules import BadDays, read_days

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 14)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-12-01 2026-12-14", (FIRST, LAST, "")),
        ("2026-12-01 2026-12-14 @boris", (FIRST, LAST, "@boris")),
        ("01.12.2026 14.12.2026 @boris", (FIRST, LAST, "@boris")),
        ("1.12.2026 - 14.12.2026 Борис Иванов", (FIRST, LAST, "Борис Иванов")),
        ("01.12.2026 по 14.12.2026", (FIRST, LAST, "")),
        ("С 01.12.2026 по 14.12.2026 @boris", (FIRST, LAST, "@boris")),
        ("01.12.2026-14.12.2026", (FIRST, LAST, "")),
        ("2026-12-01–2026-12-14", (FIRST, LAST, "")),
        ("2026-12-01, 2026-12-14", (FIRST, LAST, "")),
        ("2026-12-01 @boris", (FIRST, FIRST, "@boris")),
        ("2026-12-14 2026-12-01", (LAST, FIRST, "")),
    ],
)
def test_stf_03_days_are_read(text: str, read: tuple[date, date, str]) -> None:
    assert read_days(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "завтра",
        "@boris",
        "2026-13-01",
        "2026-02-30 2026-03-01",
        "2026-12-01 2026-12-1x",
        "01.12",
        "",
        "12 14",
    ],
)
def test_stf_03_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadDays):
        read_days(text)
