"""Measure the local classifier in a process of its own: `python -m tests.bench.classify` (CLS-01).

Prints a JSON list of lines for the page. Imports nothing that a classifier alone would not need: memory counts.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from sla.classifier import classify
from sla.classifier.data_sets import evaluation
from sla.classifier.text import READ_CHARACTERS

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
Line = tuple[str, str, str, str]


def lines() -> list[Line]:
    """Measure in a fresh process, so that nothing else counts as its memory."""
    command = [sys.executable, "-m", "tests.bench.classify"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return [(rule, what, target, result) for rule, what, target, result in json.loads(done.stdout)]


def main() -> None:
    classify("Где акт?")
    texts = [example.text for example in evaluation()]
    wall, processor = _times(texts * ROUNDS)
    together = " ".join(texts)
    longest = [f"{together[start : start + 3000]} {start}" for start in range(0, 20_000, 100)]
    found: list[Line] = [
        ("CLS-01", "the class of a message: p50 / p99 / p99.9", "p99 ≤ 2 ms", _spread(wall)),
        ("", "the same, time of the processor alone", "", _spread(processor)),
        (
            "",
            f"texts longer than the {2 * READ_CHARACTERS} characters that are read",
            "",
            _spread(_times(longest)[0]),
        ),
        (
            "CLS-01",
            "memory of a process that does nothing else, numpy included",
            "≤ 50 MB",
            f"{_peak_mb():.0f} MB",
        ),
    ]
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201 (read by `lines`)


def _times(texts: list[str]) -> tuple[list[float], list[float]]:
    """Return the milliseconds by the clock and of the processor for each text."""
    wall, processor = [], []
    for text in texts:
        started, busy = time.perf_counter(), time.thread_time()
        classify(text)
        processor.append((time.thread_time() - busy) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    return wall, processor


def _spread(times: list[float]) -> str:
    low, high, top = np.percentile(times, [50, 99, 99.9])
    return f"{low:.2f} / {high:.2f} / {top:.2f} ms"


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")  # getrusage has the parent's peak in it
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
