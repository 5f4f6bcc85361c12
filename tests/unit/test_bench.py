"""The parts of `make bench` count what they say they count; how fast anything is, is no matter here."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.bench.chart import Line, drawn
from tests.bench.growth import ALERT, REPLY, WEBHOOK, _rows
from tests.bench.memory import PARTS, megabytes, told, watched
from tests.bench.page import Row, with_part
from tests.bench.queries import percentile, since
from tests.bench.starting import _address

BUCKETS = Counter({0.005: 90, 0.01: 95, 0.1: 100, float("inf"): 100})
HOLDER = "import time; held = bytearray(b'x' * 30_000_000); print(flush=True); time.sleep(60)"


@pytest.mark.parametrize(("percent", "milliseconds"), [(45, 2.5), (90, 5), (95, 10), (99, 82)])
def test_perf_07_percentiles_lie_evenly_within_a_bucket(percent: float, milliseconds: float) -> None:
    assert percentile(BUCKETS, percent) == pytest.approx(milliseconds)


def test_perf_07_only_what_was_asked_meanwhile_counts() -> None:
    assert since(Counter({0.01: 5, 1.0: 6}), Counter({0.01: 7, 1.0: 9})) == {0.01: 2, 1.0: 3}


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells the memory")
def test_perf_08_the_memory_of_a_process_includes_its_children() -> None:
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDER!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, start_new_session=True
    ) as child:
        assert child.stdout
        child.stdout.readline()
        stack: Any = SimpleNamespace(running=dict.fromkeys(PARTS, child))
        with watched(stack) as looks:
            look = megabytes(stack)
        os.killpg(child.pid, signal.SIGKILL)
    assert all(30 < size < 100 for size in look.values())
    assert looks
    assert told({"web": 10.4, "bot": 5.2}) == "16 MB (web 10 + bot 5)"


def test_perf_09_each_size_is_compared_with_the_smallest() -> None:
    first = {WEBHOOK: [100.0, 110.0, 120.0], REPLY: [50.0], ALERT: [2000.0]}
    rows = _rows(10, first | {WEBHOOK: [220.0]}, first, 1.0)
    assert [row.result.rpartition(", ")[2] for row in rows] == [
        f"{share} of that at 1×" for share in ("2.00", "1.00", "1.00")
    ]
    assert "10×: 200 chats, 20,000 messages" in rows[0].what


def test_perf_09_the_chart_has_a_line_and_a_point_for_each_value() -> None:
    chart = drawn(["1×", "10×"], [Line("a & b", [1.0, 1.5]), Line("c", [1.0, 0.5])], title="Growth")
    assert (chart.count("<polyline"), chart.count("<circle"), chart.count("a &amp; b")) == (2, 4, 1)


def test_perf_11_the_address_of_admin_is_read_from_what_the_demo_says() -> None:
    said = "BuhBot is running.\n\n  Admin:          http://127.0.0.1:8000/admin/\n"
    assert (_address(said), _address("Starting ...")) == ("http://127.0.0.1:8000/admin/", "")


def test_perf_10_a_part_of_the_page_is_replaced_and_the_rest_stays() -> None:
    page = "before\n<!-- begin: arithmetic -->\nold\n<!-- end: arithmetic -->\nafter\n"
    new = with_part(page, "arithmetic", [Row("PERF-10", "a year", "≤ 200 µs", "7 µs")], on=date(2026, 12, 1))
    assert new.startswith("before\n")
    assert new.endswith("<!-- end: arithmetic -->\nafter\n")
    assert "| PERF-10 | a year | ≤ 200 µs | 7 µs |" in new
    assert "old" not in new
