"""The page docs/benchmarks.md: each part of the measurements has its table between two marks; all else is prose."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

HEAD = ("| rule | what | target | measured |", "|---|---|---|---|")


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    rule: str
    what: str
    target: str
    result: str

    def __str__(self) -> str:
        return f"| {self.rule} | {self.what} | {self.target} | {self.result} |"


def with_part(page: str, part: str, rows: Sequence[Row], *, on: date) -> str:
    """Return the page with the table of the part replaced, or added at the end; nothing else changes."""
    begin, end = f"<!-- begin: {part} -->", f"<!-- end: {part} -->"
    table = "\n".join([begin, f"Measured on {on:%Y-%m-%d}: {machine()}.", "", *HEAD, *map(str, rows), end])
    before, found, rest = page.partition(begin)
    if not found:
        return f"{page.rstrip()}\n\n{table}\n"
    return before + table + rest.partition(end)[2]


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return (
        f"{os.cpu_count()} cores, {memory} GB, {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}"
    )
