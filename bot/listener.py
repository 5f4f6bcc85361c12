"""Hears the database's notices and wakes the threads that wait for them. Without it they poll once a second."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import structlog

log = structlog.get_logger(__name__)

CHANNEL = "buhbot"
LOOK_SECONDS = 1.0
RETRY_SECONDS = 1.0
KEEPALIVE: dict[str, Any] = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}

Wakes = Mapping[str, Sequence[threading.Event]]


def listen(url: str, stop: threading.Event, wakes: Wakes) -> None:
    """Wake those who wait for `inbox`, `outbox`, `facts` or `questions` until `stop`; reconnect for ever.

    The address is a session connection: a transaction pooler does not deliver notices.
    """
    while not stop.is_set():
        try:
            _hear(url, stop, wakes)
        except psycopg.Error as error:
            log.warning("no notices from the database: polling", error=str(error))
            stop.wait(RETRY_SECONDS)


def _hear(url: str, stop: threading.Event, wakes: Wakes) -> None:
    with psycopg.connect(url, autocommit=True, connect_timeout=5, **KEEPALIVE) as session:
        session.execute(f"LISTEN {CHANNEL}")
        for topic in wakes:
            _wake(wakes[topic])
        while not stop.is_set():
            for notice in session.notifies(timeout=LOOK_SECONDS):
                _wake(wakes.get(notice.payload, ()))
                if stop.is_set():
                    return


def _wake(events: Sequence[threading.Event]) -> None:
    for event in events:
        event.set()
