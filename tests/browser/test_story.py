"""The main job as people see it: a client asks, the clock runs, the accountant and the manager are told."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from simulator.stack import Stack
from tests.browser.conftest import keep, open_page, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]

CHAT, CLIENT, ANNA, MANAGER = -1001000000001, 101, 9003, 9002
QUESTION = "Добрый день! Когда будет готов акт сверки?"


def telegram(browser: Browser, product: Stack, person: int, chat: int) -> Page:
    page = open_page(browser)
    page.goto(f"{product.telegram_url}/?as={person}&chat={chat}")
    return page


def say(page: Page, text: str) -> None:
    page.get_by_test_id("composer-input").fill(text)
    page.get_by_test_id("send").click()


def bubble(page: Page, text: str) -> Locator:
    """The last message with this text in the chat that stands open."""
    return page.get_by_test_id("bubble").filter(has_text=text).last


def test_a_client_asks_the_clock_runs_and_the_manager_is_told(browser: Browser, product: Stack) -> None:
    # REQ-04, ALR-02, ALR-05, ADM-13, RUN-02
    client = telegram(browser, product, CLIENT, CHAT)
    say(client, QUESTION)

    admin = open_page(browser, width=1440, height=900)
    sign_in(admin, product, "manager@demo.local")
    admin.goto(f"{product.web_url}/admin/sla/request/")
    expect(admin.get_by_text(QUESTION).first).to_be_visible()
    keep(admin, "requests")
    admin.get_by_role("link", name=QUESTION).first.click()
    admin.wait_for_url("**/change/**")
    expect(admin.get_by_text(QUESTION).first).to_be_visible()

    accountant = telegram(browser, product, ANNA, ANNA)
    expect(bubble(accountant, "Скоро истекает срок ответа")).to_be_visible(timeout=60_000)
    manager = telegram(browser, product, MANAGER, MANAGER)
    expect(bubble(manager, "Срок ответа клиенту пропущен")).to_be_visible(timeout=60_000)
    keep(manager, "alert")

    in_group = telegram(browser, product, ANNA, CHAT)
    say(in_group, "Здравствуйте! Отправила вам на почту.")
    expect(bubble(manager, "✅ Ответ в")).to_be_visible()
    expect(bubble(manager, "✅ Ответ в")).to_contain_text("Анна Белова")
    keep(manager, "story")
    admin.reload()
    expect(admin.get_by_text("Отвечен").first).to_be_visible()
    keep(admin, "late-request")


@pytest.mark.parametrize("role", ["admin", "manager", "anna", "observer"])
def test_every_role_signs_in_and_sees_its_home(browser: Browser, product: Stack, role: str) -> None:
    # ADM-13, RBAC-02
    page = open_page(browser, width=390, height=844)
    sign_in(page, product, f"{role}@demo.local")
    expect(page.get_by_text("Сегодня").first).to_be_attached()
    keep(page, f"home-{role}-phone")


def test_a_wrong_password_is_refused_in_russian(browser: Browser, product: Stack) -> None:
    # SEC-05
    page = open_page(browser)
    page.goto(f"{product.web_url}/admin/")
    page.fill("input[name=username]", "manager@demo.local")
    page.fill("input[name=password]", "wrong")
    page.click("button[type=submit]")
    expect(page.get_by_text("Неверная почта или пароль")).to_be_visible()
