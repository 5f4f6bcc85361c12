"""The bot takes the processor when `web` leaves it: what is received is safe and can wait (PERF-01)."""

import os
from contextlib import suppress
from pathlib import Path

NICENESS = 3  # half of what `web` gets, while both want it
AUTOGROUP = Path("/proc/self/autogroup")


def give_way() -> None:
    """Lower the priority of this process, and of its session where it leads one.

    Linux shares the processor out among sessions first, and heeds niceness only within one (sched(7), "autogroup").
    Among containers it is a matter of `cpu_shares` (compose.yaml).
    """
    os.nice(NICENESS)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            AUTOGROUP.write_text(str(NICENESS))
