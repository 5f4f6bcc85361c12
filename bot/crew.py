"""The threads of the bot process: started together, revived when one dies, stopped together (RUN-05)."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from django.db import DatabaseError, InterfaceError, connection

log = structlog.get_logger(__name__)

Work = Callable[[], object]
BREATH_SECONDS = 1.0


@dataclass
class Crew:
    """Named works, each in a thread of its own. `wakes` are set at the end, so that nobody sleeps through it."""

    stop: threading.Event
    wakes: Sequence[threading.Event]
    works: dict[str, Work] = field(default_factory=dict)
    _threads: dict[str, threading.Thread] = field(default_factory=dict)

    def keep_alive(self) -> None:
        """Start every work that has no living thread."""
        for name, work in self.works.items():
            thread = self._threads.get(name)
            if thread is None or not thread.is_alive():
                self._threads[name] = threading.Thread(
                    target=self._run, args=(name, work), name=name, daemon=True
                )
                self._threads[name].start()

    def dismiss(self, *, seconds: float) -> list[str]:
        """Tell everyone to stop after what is in hand; return the names of those who have not within the time."""
        self.stop.set()
        for wake in self.wakes:
            wake.set()
        until = time.monotonic() + seconds
        for thread in self._threads.values():
            thread.join(max(0.0, until - time.monotonic()))
        return [name for name, thread in self._threads.items() if thread.is_alive()]

    def _run(self, name: str, work: Work) -> None:
        try:
            work()
        except Exception:
            log.exception("a thread died; it is started again", thread=name)
            self.stop.wait(BREATH_SECONDS)
        finally:
            connection.close()


def repeat(
    work: Work, *, stop: threading.Event, wake: threading.Event, seconds: float, rest_seconds: float = 0.0
) -> None:
    """Do the work at each wake-up and at least every so many seconds, patiently while the database is away.

    After each round it rests, so that many wake-ups in a row are served by one.
    """
    while not stop.is_set():
        wake.wait(seconds)
        wake.clear()
        if stop.is_set():
            return
        try:
            work()
            stop.wait(rest_seconds)
        except (DatabaseError, InterfaceError):
            log.warning("the database refused; trying again", exc_info=True)
            connection.close()
            stop.wait(BREATH_SECONDS)
