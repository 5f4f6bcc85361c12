"""No page breaks its own content policy: nothing on it is refused, no script of it fails (SEC-07)."""

import json
import time

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from buhbot.one_time_codes import STEP_SECONDS, code_at
from simulator.demo import FIRM, tell_history
from simulator.stack import Stack
from tests.browser.conftest import PASSWORD, keep, open_page, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]

SLOW = 30_000  # milliseconds, on a busy machine
HAS_EACH_PAGE = ("admin", "anna")  # pages of rows: the others' are an administrator's with less on them
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
FITS = "document.documentElement.scrollWidth <= innerWidth"
MENU = (
    "Array.from(document.querySelectorAll('#nav-sidebar a[href], aside a[href], nav a[href]'), a => a.href)"
)
SLIP_IN = """() => {
    const script = document.createElement('script')
    script.textContent = "document.documentElement.dataset.broken = '1'"
    document.body.append(script)
}"""
FIRST_ROW = "#result_list tbody a[href*='/change/']"


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


@pytest.fixture(scope="module")
def firm(product: Stack) -> Stack:
    """The demo firm with two days behind it, so that lists, charts and reports show something."""
    with product.simulator() as sim:
        tell_history(sim, json.loads(FIRM.read_text(encoding="utf-8")))
        sim.wait_delivered(seconds=60)
    return product


@pytest.mark.parametrize("who", ["admin", "manager", "anna", "observer"])
def test_sec_07_no_page_of_the_menu_breaks_its_policy(browser: Browser, firm: Stack, who: str) -> None:
    page = open_page(browser, width=1440, height=900)
    page.set_default_timeout(SLOW)
    heard = complaints_of(page)
    sign_in(page, firm, f"{who}@demo.local")
    pages = addresses(page, firm)
    assert len(pages) > 3
    for address in pages:
        look(page, address)
        row = page.locator(FIRST_ROW)
        if who in HAS_EACH_PAGE and row.count():
            look(page, str(row.first.evaluate("link => link.href")))
    assert heard == []
    page.context.close()


def test_sec_07_a_script_that_was_slipped_in_does_not_run_and_is_heard_of(
    browser: Browser, firm: Stack
) -> None:
    page = open_page(browser)
    heard = complaints_of(page)
    sign_in(page, firm, "manager@demo.local")
    page.evaluate(SLIP_IN)
    expect(page.locator("html")).not_to_have_attribute("data-broken", "1")
    assert any("Content Security Policy" in complaint for complaint in heard)
    page.context.close()


def keep_both(page: Page, name: str) -> None:
    """Take the page's picture on a desk and on a phone, which it has to fit."""
    keep(page, name)
    page.set_viewport_size(PHONE)
    assert page.evaluate(FITS), name
    keep(page, f"{name}-phone")
    page.set_viewport_size(DESK)


def press(page: Page, text: str) -> None:
    page.get_by_role("button", name=text, exact=True).click()
    page.wait_for_load_state("load")


def now_code(secret: str, *, step: int = 0) -> str:
    return code_at(secret, int(time.time()) // STEP_SECONDS + step)


def test_sec_05_the_second_factor_from_its_set_up_to_a_backup_code(browser: Browser, firm: Stack) -> None:
    page = open_page(browser)
    heard = complaints_of(page)
    page.goto(f"{firm.web_url}/admin/")
    keep_both(page, "door")
    sign_in(page, firm, "observer@demo.local")
    page.goto(f"{firm.web_url}/admin/second-factor/")
    keep_both(page, "factor-off")
    press(page, "Настроить")
    keep_both(page, "factor-begun")
    secret = page.locator(".key").inner_text()
    page.get_by_label("Код").fill(now_code(secret, step=-1))
    press(page, "Включить")
    keep_both(page, "factor-codes")
    backup = page.locator(".codes code").first.inner_text()
    _sign_in_with(page, firm, backup)
    page.goto(f"{firm.web_url}/admin/second-factor/")
    keep_both(page, "factor-on")
    page.get_by_label("Код").fill(now_code(secret))
    press(page, "Отключить")
    expect(page.get_by_role("button", name="Настроить")).to_be_visible()
    assert heard == []
    page.context.close()


def _sign_in_with(page: Page, firm: Stack, code: str) -> None:
    """Sign in anew, with a wrong code first."""
    page.context.clear_cookies()
    sign_in(page, firm, "observer@demo.local")
    keep_both(page, "code")
    page.get_by_label("Код").fill("000000")
    press(page, "Продолжить")
    expect(page.get_by_role("alert")).to_be_visible()
    keep_both(page, "code-wrong")
    page.get_by_label("Код").fill(code)
    press(page, "Продолжить")
    expect(page).to_have_url(f"{firm.web_url}/admin/")


def test_sec_05_a_password_set_by_the_link_that_an_administrator_makes(browser: Browser, firm: Stack) -> None:
    page = open_page(browser)
    heard = complaints_of(page)
    sign_in(page, firm, "admin@demo.local")
    page.goto(f"{firm.web_url}/admin/buhbot/user/?q=observer")
    page.locator(FIRST_ROW).first.click()
    page.get_by_role("button", name="Ссылка для пароля").click()
    keep_both(page, "password-link")
    link = str(page.locator("input[readonly]").first.input_value())
    person = open_page(browser)
    heard += complaints_of(person)
    person.goto(link)
    keep_both(person, "password-new")
    for field in ("new_password1", "new_password2"):
        person.fill(f"input[name={field}]", PASSWORD)
    press(person, "Сохранить")
    keep_both(person, "password-set")
    person.goto(link)
    keep_both(person, "password-old-link")
    expect(person.get_by_role("link", name="Вход")).to_be_visible()
    assert heard == []
    for one in (page, person):
        one.context.close()
