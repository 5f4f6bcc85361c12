"""From `make demo` to the sign-in page, in a copy of the project that has never run (PERF-11)."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx

from simulator.stack import ROOT
from tests.bench.page import Row
from tests.bench.product import Servers, say

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".demo", "__pycache__", ".*_cache", "node_modules")
PATIENCE_SECONDS = 300
ADMIN = "Admin:"


def start_rows(servers: Servers, scale: float) -> list[Row]:
    """`scale` below 1: once instead of three times."""
    say("Starting the demo in a fresh copy ...")
    taken = sorted(_started(servers.folder / f"demo-{number}") for number in range(3 if scale >= 1 else 1))
    result = f"{taken[len(taken) // 2]:.1f} s ({taken[0]:.1f} to {taken[-1]:.1f} s, {len(taken)} starts)"
    return [Row("PERF-11", "`make demo`, empty, packages installed → sign-in page", "≤ 30 s", result)]


def _started(copy: Path) -> float:
    """The seconds until the sign-in page was there."""
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    (copy / ".venv").symlink_to((ROOT / ".venv").resolve())
    log = copy / "demo.log"
    started = time.monotonic()
    with log.open("wb") as out:
        command = ["make", "demo"]
        child = subprocess.Popen(
            command, cwd=copy, env=_environment(), stdout=out, stderr=out, start_new_session=True
        )
    try:
        return _signed_in(log, child, started)
    finally:
        os.killpg(child.pid, signal.SIGINT)
        child.wait(timeout=60)


def _environment() -> dict[str, str]:
    """That of a person who has set nothing."""
    own = {"PATH", "HOME", "LANG", "TMPDIR"}
    return {name: value for name, value in os.environ.items() if name in own}


def _signed_in(log: Path, child: subprocess.Popen[bytes], started: float) -> float:
    while time.monotonic() - started < PATIENCE_SECONDS and child.poll() is None:
        address = _address(log.read_text(encoding="utf-8", errors="replace"))
        if address and httpx.get(address, follow_redirects=True, trust_env=False).status_code == 200:
            return time.monotonic() - started
        time.sleep(0.05)
    raise TimeoutError(f"the demo did not come up: {log.read_text(errors='replace')[-1500:]}")


def _address(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return next((line.removeprefix(ADMIN).strip() for line in lines if line.startswith(ADMIN)), "")
