"""Purge, or try an erasure, on much data, in a process of its own (SEC-14).

`python -m tests.bench.aging purge 60` purges for so many seconds; `… erase 700001` rehearses the erasure of a client.
The environment names the database. Prints a JSON object of figures.
"""

import json
import sys
import time
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 (Django comes first)
from django.utils import timezone  # noqa: E402

from buhbot.erasing import rehearse  # noqa: E402
from buhbot.purging import purge  # noqa: E402
from buhbot.retention import DEFAULT_YEARS, terms  # noqa: E402
from buhbot.tasks import REST_SECONDS  # noqa: E402


def purged(seconds: float) -> dict[str, float]:
    """Purge as the worker does, with its rests; milliseconds of the longest batch."""
    rows, longest, started = 0, 0.0, time.perf_counter()
    begun = started
    for step in purge(terms(timezone.now(), years=DEFAULT_YEARS)):
        rows += step.gone
        longest = max(longest, time.perf_counter() - begun)
        if time.perf_counter() - started > seconds:
            break
        time.sleep(REST_SECONDS)
        begun = time.perf_counter()
    return {"rows": rows, "seconds": time.perf_counter() - started, "longest_ms": longest * 1000}


def erased(telegram_id: float) -> dict[str, Any]:
    """Try an erasure; how long it took, and its statements that took longest, in milliseconds."""
    slow: list[tuple[int, str]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            slow.append((round((time.perf_counter() - began) * 1000), sql[:100]))

    started = time.perf_counter()
    with connection.execute_wrapper(note):
        gone = rehearse(int(telegram_id), now=timezone.now())
    counts = {str(name): count for name, count in gone}
    return {
        "seconds": time.perf_counter() - started,
        "slowest": sorted(slow, reverse=True)[:5],
        "gone": counts,
    }


if __name__ == "__main__":
    done = {"purge": purged, "erase": erased}[sys.argv[1]](float(sys.argv[2]))
    sys.stdout.write(json.dumps(done))
