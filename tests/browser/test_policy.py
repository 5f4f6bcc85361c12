"""No page breaks its own content policy: nothing on it is refused, no script of it fails (SEC-07)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from buhbot.one_time_codes import code_at
from simulator.stack import Stack
from tests.browser.conftest import PASSWORD, keep, open_page, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PHONE: ViewportSize = {"width": 390, "height": 844}
FITS = "document.documentElement.scrollWidth <= innerWidth"
MENU = "Array.from(document.querySelectorAll('#nav-sidebar a[href], aside a[href], nav a[href]'), a => a.href)"
FIRST_ROW = "#result_list th a, #result_list td a"


def complaints_of(page: Page) -> list[str]:
    """What the browser complains of from now on: refused by the policy, failed, or not found."""
    heard: list[str] = []

    def note(text: str) -> None:
        heard.append(f"{page.url}: {text}")

    page.on("console", lambda message: note(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: note(str(error)))
    return heard


def addresses(page: Page, product: Stack) -> list[str]:
    """The pages that the menu leads to."""
    own = f"{product.web_url}/admin/"
    found = {address.partition("#")[0] for address in page.evaluate(MENU)}
    return sorted(address for address in found if address.startswith(own) and "logout" not in address)


def look(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("who", ["admin", "manager", "anna", "observer"])
def test_sec_07_no_page_of_the_menu_breaks_its_policy(browser: Browser, product: Stack, who: str) -> None:
    page = open_page(browser, width=1440, height=900)
    heard = complaints_of(page)
    sign_in(page, product, f"{who}@demo.local")
    pages = addresses(page, product)
    assert len(pages) > 3
    for address in pages:
        look(page, address)
        row = page.locator(FIRST_ROW)
        if row.count():
            look(page, str(row.first.evaluate("link => link.href")))
    assert heard == []
    page.context.close()
