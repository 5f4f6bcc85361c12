"""A running simulator for the tests of the bot, and the sender against it."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings

from bot.models import OutgoingMessage
from bot.sender import Sender
from simulator.client import Simulator
from simulator.servers import free_port

START_SECONDS = 20.0
Rows = list[OutgoingMessage]


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    """Start the simulator as a process of its own."""
    port = free_port()
    token = django_settings.TELEGRAM_BOT_TOKEN
    command = [sys.executable, "-m", "simulator", "--port", str(port), "--token", token]
    process = subprocess.Popen(command, env=os.environ)
    url = f"http://127.0.0.1:{port}"
    _wait_until_up(url)
    yield url
    process.terminate()
    process.wait(timeout=10)


def _wait_until_up(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/sim/state", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the simulator did not start")


@pytest.fixture
def sim(simulator_url: str, settings: Any) -> Iterator[Simulator]:
    """An empty simulator that the bot takes for Telegram."""
    settings.TELEGRAM_API_URL = simulator_url
    with Simulator(simulator_url) as simulator:
        simulator.reset()
        simulator.clear_faults()
        simulator.limits(forget=True)
        yield simulator


class Running:
    """A sender in a thread of its own, as `runbot` starts it."""

    def __init__(self) -> None:
        self.stop, self.wake = threading.Event(), threading.Event()
        self.sender = Sender()
        self.thread = threading.Thread(target=self.sender.run, args=(self.stop, self.wake))
        self.thread.start()

    def end(self) -> None:
        self.stop.set()
        self.wake.set()
        self.thread.join(timeout=15)
        assert not self.thread.is_alive()


@pytest.fixture
def start_sender(committed: None, sim: Simulator) -> Iterator[Callable[[], Running]]:
    """Start senders at will; all are stopped at the end of the test."""
    started: list[Running] = []

    def start() -> Running:
        started.append(Running())
        return started[-1]

    yield start
    for running in started:
        running.end()


def wait_for_states(*rows: OutgoingMessage, state: str, seconds: float = 20) -> None:
    """Wait until all rows are in the state; the rows are read again."""
    deadline = time.monotonic() + seconds
    while True:
        for row in rows:
            row.refresh_from_db()
        if all(row.state == state for row in rows):
            return
        found = [(row.state, row.attempts, row.error) for row in rows]
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
