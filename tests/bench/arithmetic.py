"""The cost of working time (WT-07)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from buhbot.worktime import WorkCalendar
from tests.bench.page import Row


def worktime_rows() -> list[Row]:
    week = {day: [("09:00", "13:00"), ("14:00", "18:00")] for day in range(1, 6)}
    calendar = WorkCalendar("Europe/Moscow", week)
    start = datetime(2026, 1, 12, 7, 30, tzinfo=UTC)
    year = _microseconds(lambda: calendar.elapsed(start, start + timedelta(days=365)))
    day = _microseconds(lambda: calendar.elapsed(start, start + timedelta(days=1)))
    due = _microseconds(lambda: calendar.deadline(start, timedelta(hours=1)))
    return [
        Row("PERF-10, WT-07", "working time of a year, median", "≤ 200 µs", f"{year:.1f} µs"),
        Row("PERF-10, WT-07", "working time of a day, median", "≤ 20 µs", f"{day:.1f} µs"),
        Row("", "a deadline an hour ahead, median", "", f"{due:.1f} µs"),
    ]


def _microseconds(call: Callable[[], object]) -> float:
    samples = []
    for _ in range(2000):
        started = time.perf_counter_ns()
        call()
        samples.append((time.perf_counter_ns() - started) / 1000)
    return median(samples)
