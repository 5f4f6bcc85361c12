"""The page of measurements keeps what was not measured anew."""

from datetime import date

from tests.bench.page import Row, with_part

PAGE = """# Benchmarks

Prose before.

<!-- begin: near -->
Measured on 2026-01-01: elsewhere.

| A | a | | old |
<!-- end: near -->

Prose between.

<!-- begin: far -->
<!-- end: far -->

Prose after.
"""
TODAY = date(2026, 11, 25)
ROW = Row("WT-07", "a day", "≤ 20 µs", "2 µs")


def test_a_part_replaces_its_own_table_only() -> None:
    page = with_part(PAGE, "near", [ROW], on=TODAY)
    before, _, after = PAGE.partition("<!-- begin: near -->")
    assert page.startswith(before + "<!-- begin: near -->\nMeasured on 2026-11-25: ")
    assert page.endswith(after.partition("<!-- end: near -->")[2])
    assert (page.count(str(ROW)), "old" in page) == (1, False)


def test_measuring_again_changes_nothing_else() -> None:
    once = with_part(PAGE, "far", [ROW], on=TODAY)
    assert with_part(once, "far", [ROW], on=TODAY) == once
    assert "| old |" in once


def test_a_new_part_comes_last() -> None:
    page = with_part(PAGE, "classifier", [ROW], on=TODAY)
    assert page.startswith(PAGE)
    assert page.rstrip().endswith("<!-- end: classifier -->")
