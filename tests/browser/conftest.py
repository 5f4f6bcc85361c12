"""A running product with a demo firm of its own, and headless Chromium to look at it."""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from simulator.demo import load_world
from simulator.stack import ROOT, Stack
from tests.environment import FOLDER, REDIS_URL, SUPERUSER_URL, database_url

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PASSWORD = "a-password-for-browsers"
DATABASE = "buhbot_browser"
SHIFT, SHIFT_CHAT = "Дежурная смена", -1001000000006
CLOSED, CLOSED_CHAT = "Послезавтра", -1001000000004
IMAGES = ROOT / "docs" / "img"
PHONE: ViewportSize = {"width": 390, "height": 844}
SHOWN = ("story", "home", "request", "home-phone", "queue-phone")


@pytest.fixture(scope="session")
def product() -> Iterator[Stack]:
    """The demo firm, whose fastest chat has a target of one minute."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    with psycopg.connect(SUPERUSER_URL, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE}")
    folder = FOLDER / "browser"
    token, secret = "7000000001:a-token-for-the-browser-tests-00", "browser-secret"
    stack = Stack(database_url(DATABASE), f"{REDIS_URL[:-1]}5", folder, token, secret, "b" * 50)
    firm = json.loads((ROOT / "simulator" / "firm.json").read_text())
    firm["policies"][0]["target_minutes"] = 1
    firm["calendars"].append({**firm["calendars"][0], "name": SHIFT})  # for one chat, to be changed
    next(chat for chat in firm["chats"] if chat["telegram_id"] == SHIFT_CHAT)["calendar"] = SHIFT
    _close(firm)
    firm_file = _write(folder / "firm.json", json.dumps(firm))
    stack.manage("migrate", "--verbosity", "0")
    stack.manage("demo", str(firm_file), "--password", PASSWORD)
    with stack:
        stack.start("simulator")
        stack.wait_for(f"{stack.telegram_url}/sim/bot")
        with stack.simulator() as telegram:
            load_world(telegram, firm)
        stack.start_all()
        yield stack


def _close(firm: dict[str, Any]) -> None:
    """Give one chat a calendar that opens the day after tomorrow, whenever the tests run (CLI-07)."""
    day = (datetime.now(UTC) + timedelta(days=2)).isoweekday()
    hours = {"name": CLOSED, "time_zone": "Europe/Moscow", "weekly": {str(day): "09:00-18:00"}}
    firm["calendars"].append(hours)
    next(chat for chat in firm["chats"] if chat["telegram_id"] == CLOSED_CHAT)["calendar"] = CLOSED


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture(scope="module")  # while it runs, no other test may have an event loop of its own
def browser(product: Stack) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


expect.set_options(timeout=30_000)  # other tests have the machine too


def open_page(browser: Browser, *, width: int = 1280, height: int = 800, is_dark: bool = False) -> Page:
    """A window of its own, as another person's: nothing is shared with the others."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if is_dark else "light",
        locale="ru-RU",
        timezone_id="Europe/Moscow",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def sign_in(page: Page, product: Stack, email: str) -> None:
    page.goto(f"{product.web_url}/admin/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_load_state("networkidle")


def keep(page: Page, name: str) -> None:
    """Take a picture into a temporary folder; with SCREENSHOTS=1 those that README.md shows go into docs/img."""
    is_shown = bool(os.environ.get("SCREENSHOTS")) and name in SHOWN
    folder = IMAGES if is_shown else FOLDER
    page.screenshot(path=str(folder / f"{name}.png"))


def keep_both(page: Page, name: str) -> None:
    """Take the page's picture as on a desk and as on a phone."""
    keep(page, name)
    desk_size = page.viewport_size
    page.set_viewport_size(PHONE)
    fits = "document.documentElement.scrollWidth <= innerWidth"  # charts shrink a little later
    page.wait_for_function(fits)
    keep(page, f"{name}-phone")
    if desk_size:
        page.set_viewport_size(desk_size)
