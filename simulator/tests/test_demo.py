"""`make demo` as a stranger meets it: a process that starts everything, and leaves nothing behind (RUN-01)."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from simulator.demo import PASSWORD
from simulator.stack import ROOT, as_role

START_SECONDS = 240  # on a busy machine
STOP_SECONDS = 60
pytestmark = pytest.mark.processes


def start(folder: Path, **settings: str) -> subprocess.Popen[str]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "simulator.demo"],
        cwd=ROOT, env=environment | {"DEMO_FOLDER": str(folder)} | settings, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "demo"
    for pid in alive(tmp_path / "demo"):
        os.kill(pid, signal.SIGKILL)


def greeting(demo: subprocess.Popen[str]) -> str:
    """Read what it prints until it runs, or ends."""
    lines = []
    assert demo.stdout is not None
    until = time.monotonic() + START_SECONDS
    for line in demo.stdout:
        lines.append(line)
        if "Ctrl-C stops everything" in line or time.monotonic() > until:
            break
    return "".join(lines)


def interrupt(demo: subprocess.Popen[str]) -> None:
    """Press Ctrl-C, twice: a terminal tells the whole foreground group."""
    os.killpg(demo.pid, signal.SIGINT)
    time.sleep(0.2)
    os.killpg(demo.pid, signal.SIGINT)
    demo.communicate(timeout=STOP_SECONDS)


def alive(folder: Path) -> list[int]:
    """Find every process that the demo of this folder started."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"DEMO_FOLDER={folder}".encode() in (place / "environ").read_bytes().split(b"\0"):
                found.append(int(place.name))
        except OSError:
            continue
    return found


def sign_in(address: str) -> str:
    with httpx.Client(base_url=address, follow_redirects=True, trust_env=False, timeout=60) as browser:
        browser.get("login/")
        form = {"username": "manager@demo.local", "password": PASSWORD, "next": "/admin/"}
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        return browser.post("login/", data=form, headers={"Referer": f"{address}login/"}).text


@pytest.mark.skipif(not Path("/proc").exists(), reason="/proc shows what is left behind")
def test_run_01_the_demo_starts_prints_its_addresses_and_leaves_nothing(folder: Path) -> None:
    demo = start(folder)
    said = greeting(demo)
    telegram, admin = re.findall(r"http://127[.]0[.]0[.]1:[0-9]+/(?:admin/)?", said)
    assert f"password {PASSWORD}" in said
    assert httpx.get(telegram, trust_env=False).status_code == 200
    assert "<title>Сегодня | BuhBot</title>" in re.sub(r"\s*(</?title>)\s*", r"\1", sign_in(admin))
    assert len(alive(folder)) >= 7
    interrupt(demo)
    assert demo.returncode == 0
    assert alive(folder) == []
    assert (folder / "postgres" / "PG_VERSION").exists()


def test_run_01_servers_that_do_not_answer_are_named(folder: Path) -> None:
    nobody = "postgres://postgres@127.0.0.1:1/postgres"
    demo = start(folder, DATABASE_URL=nobody, REDIS_URL="redis://127.0.0.1:1/0")
    said, _ = demo.communicate(timeout=START_SECONDS)
    assert demo.returncode == 1
    assert "The demo cannot run: manage.py migrate: The database refused" in said
    assert "Connection refused" in said
    assert "Traceback" not in said


def test_run_01_a_server_that_asks_for_a_password_is_used_by_its_own_login() -> None:
    own = "postgres://me:secret@127.0.0.1:5432/buhbot"
    assert as_role(own, "buhbot_web") == own
    assert as_role("postgres://me@127.0.0.1:5432/buhbot", "buhbot_web").startswith("postgres://buhbot_web@")
