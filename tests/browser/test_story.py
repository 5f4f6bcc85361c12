"""The main job as people see it: a client asks, the clock runs, the accountant and the manager are told."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

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


def test_a_client_asks_the_clock_runs_and_the_manager_is_told(browser: Browser, product: Stack) -> None:
    # REQ-04, ALR-02, ALR-05, ADM-13, RUN-02
    client = telegram(browser, product, CLIENT, CHAT)
    say(client, QUESTION)

    admin = open_page(browser, width=1440, height=900)
    sign_in(admin, product, "manager@demo.local")
    admin.goto(f"{product.web_url}/admin/sla/request/")
    expect(admin.get_by_text(QUESTION).first).to_be_visible()
    keep(admin, "requests")
    admin.get_by_role("link", name=re.compile("№")).first.click()
    expect(admin.get_by_text(QUESTION).first).to_be_visible()

    accountant = telegram(browser, product, ANNA, ANNA)
    expect(accountant.get_by_text("Скоро истекает срок ответа")).to_be_visible(timeout=60_000)
    manager = telegram(browser, product, MANAGER, MANAGER)
    expect(manager.get_by_text("Срок ответа клиенту пропущен")).to_be_visible(timeout=60_000)
    keep(manager, "alert")

    in_group = telegram(browser, product, ANNA, CHAT)
    say(in_group, "Здравствуйте! Отправила вам на почту.")
    expect(manager.get_by_text("Ответ в")).to_be_visible()
    expect(manager.get_by_text("Анна Белова").first).to_be_visible()
    keep(manager, "story")
    admin.reload()
    expect(admin.get_by_text("Отвечен").first).to_be_visible()
    keep(admin, "request")


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
    expect(page.get_by_text("Пожалуйста, введите правильные")).to_be_visible()
