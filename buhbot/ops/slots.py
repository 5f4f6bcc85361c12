"""In which files of PROMETHEUS_MULTIPROC_DIR a process counts: those of one that ended are gone on with (MON-01).

The library's way, files for each process id, adds files as long as workers are replaced, and the folder is a small one
in memory.
"""

import fcntl
import os
from itertools import count
from pathlib import Path
from typing import IO


class Slots:
    """Numbers from 0, each held by one process by a lock that ends with it, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pid = 0
        self._number = 0
        self._held: IO[bytes] | None = None  # open as long as the number is ours

    def own(self) -> int:
        """Return the number of this process; a forked one takes another."""
        if self._pid != os.getpid():
            self._number, self._held = self._take()
            self._pid = os.getpid()
        return self._number

    def _take(self) -> tuple[int, IO[bytes]]:
        for number in count():
            file = (self._folder / f"slot-{number}.lock").open("ab")
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                continue
            return number, file
        raise AssertionError
