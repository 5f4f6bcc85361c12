"""One simulator process for all tests, emptied before each."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.request import HTTPXRequest

from simulator.client import Simulator

TOKEN = "12345:TEST"  # noqa: S105 (nobody's)
ROOT = Path(__file__).resolve().parents[2]

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Взять", callback_data="take")]])
Run = Callable[[Callable[[Bot], Awaitable[Any]]], Any]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_simulator(*options: str) -> tuple[subprocess.Popen[bytes], str]:
    port = free_port()
    command = [sys.executable, "-m", "simulator", "--port", str(port), "--token", TOKEN, *options]
    process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/sim/limits", trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return process, url
    process.kill()
    raise RuntimeError("the simulator did not start")


def stop_simulator(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    process, address = start_simulator()
    yield address
    stop_simulator(process)


@pytest.fixture
def sim(url: str) -> Iterator[Simulator]:
    with Simulator(url) as simulator:
        simulator.reset()
        httpx.post(
            f"{url}/bot{TOKEN}/setWebhook",
            json={"url": "", "allowed_updates": [], "drop_pending_updates": True},
        )
        yield simulator


def bot_at(url: str, token: str = TOKEN) -> Bot:
    request = HTTPXRequest(read_timeout=2, http_version="1.1", httpx_kwargs={"trust_env": False})
    updates = HTTPXRequest(read_timeout=5, httpx_kwargs={"trust_env": False})
    files = f"{url}/file/bot"
    return Bot(token, f"{url}/bot", files, request=request, get_updates_request=updates)


@pytest.fixture
def run(sim: Simulator, url: str) -> Run:
    """Run some calls of python-telegram-bot: `run(lambda bot: bot.get_me())`."""

    async def calls(action: Callable[[Bot], Awaitable[Any]]) -> Any:
        async with bot_at(url) as bot:
            return await action(bot)

    return lambda action: asyncio.run(calls(action))
