"""The memory of the product's processes: PSS, which shares out what several use together (PERF-08)."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.stack import Stack

PARTS = ("web", "bot", "worker", "beat")
SAMPLE_SECONDS = 1.0
PSS = re.compile(r"^Pss: +(\d+) kB", re.MULTILINE)


def megabytes(stack: Stack) -> dict[str, float]:
    """The PSS of each part with all its children, in MB."""
    return {part: sum(map(_pss, _family(stack.running[part].pid))) / 1000 for part in PARTS}


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def _pss(pid: int) -> float:
    """In units of 1000 bytes."""
    found = PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    return int(found[1]) * 1.024 if found else 0.0


@contextmanager
def watched(stack: Stack) -> Iterator[list[dict[str, float]]]:
    """Look again and again meanwhile; the list is complete when the block is left."""
    looks: list[dict[str, float]] = []
    end = threading.Event()

    def look() -> None:
        while not end.wait(SAMPLE_SECONDS):
            looks.append(megabytes(stack))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield looks
    finally:
        end.set()
        thread.join()
        looks.append(megabytes(stack))


def told(look: dict[str, float]) -> str:
    """Say the sum and what it is made of."""
    parts = " + ".join(f"{part} {size:.0f}" for part, size in look.items())
    return f"{sum(look.values()):.0f} MB ({parts})"
