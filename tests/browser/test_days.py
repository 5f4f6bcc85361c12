"""A client's day and an accountant's day on the simulator's page: in the group, in private, by buttons (CLI, STF)."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from simulator.stack import Stack
from tests.browser.conftest import keep_both, open_page, sign_in
from tests.browser.test_story import bubble, say, telegram

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# Each story has a group and people of its own, so that none finds what another left open.
GROUP, CLIENT, OLGA = -1001000000004, 104, 9004  # its calendar opens the day after tomorrow only
FREIGHT, SENDER, PAVEL = -1001000000007, 107, 9005
PDF = b"%PDF-1.7\n" + b"0" * 5000


def private_of(browser: Browser, product: Stack, person: int) -> Page:
    page = telegram(browser, product, person, person)
    start = page.get_by_test_id("start")
    page.wait_for_selector("[data-testid=start]:visible, [data-testid=composer-input]:visible")
    if start.is_visible():
        start.click()
    expect(page.get_by_test_id("composer-input")).to_be_visible()
    return page


def key(page: Page, text: str) -> Locator:
    return page.get_by_test_id("keyboard-button").filter(has_text=text)


def button(page: Page, text: str) -> Locator:
    return page.get_by_test_id("inline-button").filter(has_text=text).last


def reply(page: Page, to: str, text: str) -> None:
    asked = bubble(page, to)
    asked.hover()
    asked.get_by_label("Ответить").click()
    say(page, text)


def numbered(page: Page, number: int) -> Locator:
    """The messages that name the request."""
    return page.get_by_test_id("bubble").filter(has_text=re.compile(rf"№\s{number}\b"))


def test_a_clients_day_in_the_group_and_in_private(browser: Browser, product: Stack, tmp_path: Path) -> None:
    # CLI-01, CLI-02, CLI-03, CLI-04, CLI-06, CLI-07, CLI-08, CLI-10
    group = telegram(browser, product, CLIENT, GROUP)
    say(group, "Когда будет готова декларация по НДС?")
    expect(bubble(group, "Мы на связи")).to_be_visible()
    say(group, "/status")
    expect(bubble(group, "декларация по НДС?")).to_contain_text("№")
    keep_both(group, "day-group")

    client = private_of(browser, product, CLIENT)
    keep_both(client, "day-greeting")
    say(client, "Подскажите, пришло ли требование из налоговой?")
    accountant = private_of(browser, product, OLGA)
    expect(bubble(accountant, "требование из налоговой")).to_contain_text("Ответьте на это сообщение")
    keep_both(accountant, "day-copy")
    reply(accountant, "требование из налоговой", "Да, пришло вчера, ответ уже готовим.")
    expect(bubble(client, "Да, пришло вчера")).to_be_visible()
    expect(bubble(accountant, "требование из налоговой")).to_contain_text("Ответ")
    keep_both(client, "day-answer")

    key(client, "Связаться с бухгалтером").click()
    expect(bubble(client, "Бухгалтер чата")).to_be_visible()
    expect(bubble(accountant, "Клиент просит бухгалтера")).to_be_visible()
    key(client, "Заказать услугу").click()
    button(client, "Сверка с контрагентом").click()
    keep_both(client, "day-service")
    button(client, "Заказать").click()
    expect(bubble(client, "вопрос 1 из 2")).to_be_visible()
    say(client, "ООО «Вектор», 7700000000")
    expect(bubble(client, "вопрос 2 из 2")).to_be_visible()
    say(client, "Третий квартал")
    expect(bubble(client, "Приняли")).to_contain_text("Сверка с контрагентом")
    key(client, "Заказать документ").click()
    keep_both(client, "day-quick")
    client.get_by_test_id("inline-button").filter(has_text="Акт").last.click()
    expect(client.get_by_test_id("bubble").filter(has_text="Приняли")).to_have_count(2)

    paper = tmp_path / "Накладная 17.pdf"
    paper.write_bytes(PDF)
    client.locator("#files").set_input_files(paper)
    expect(bubble(client, "Получили в")).to_contain_text("Накладная 17.pdf")
    frame = accountant.locator(".frame").filter(has_text="Накладная 17.pdf")
    frame.get_by_test_id("inline-button").filter(has_text="В работу").last.click()
    expect(frame.get_by_test_id("inline-button").filter(has_text="Готово").last).to_be_visible()
    keep_both(accountant, "day-file")
    key(client, "Статус документов").click()
    expect(bubble(client, "в работе")).to_contain_text("Накладная 17.pdf")
    keep_both(client, "day-documents")


def test_an_accountants_day_in_private(browser: Browser, product: Stack) -> None:
    # STF-02, STF-03, CLI-06, TPL-02
    group = telegram(browser, product, SENDER, FREIGHT)
    say(group, "Подготовьте, пожалуйста, платёжку по налогам")
    say(group, "/status")
    number = _number_of(group, "платёжку")
    page = private_of(browser, product, PAVEL)
    say(page, "/queue")
    expect(numbered(page, number).filter(has_text="Логистика Север")).to_be_visible()
    keep_both(page, "day-queue")
    say(page, "/take")
    expect(bubble(page, "Укажите номер запроса")).to_be_visible()
    say(page, f"/take {number}")
    expect(numbered(page, number).filter(has_text="взят в работу")).to_be_visible()
    say(group, "/status")
    expect(numbered(group, number).filter(has_text="Взят в работу")).to_be_visible()
    keep_both(group, "day-taken")
    say(page, "/template")
    expect(bubble(page, "первичка")).to_be_visible()
    keep_both(page, "day-templates")
    starts = date.today() + timedelta(days=30)  # noqa: DTZ011 (any day of next month)
    say(page, f"/absence {starts} {starts + timedelta(days=3)}")
    expect(bubble(page, "Вас нет")).to_be_visible()
    keep_both(page, "day-absence")
    say(page, "/mystats")
    expect(bubble(page, "ваши показатели")).to_be_visible()
    say(page, "/notify")
    expect(bubble(page, "О чём я пишу вам")).to_be_visible()
    keep_both(page, "day-notify")

    admin = open_page(browser, width=1440, height=900)
    sign_in(admin, product, "manager@demo.local")
    admin.goto(f"{product.web_url}/admin/sla/request/")
    keep_both(admin, "day-requests")
    admin.goto(f"{product.web_url}/admin/sla/request/{number}/change/")
    keep_both(admin, "day-request")


def _number_of(group: Page, text: str) -> int:
    """The number of the request with this text, as the bot names it to its client."""
    listed = group.get_by_test_id("bubble").filter(has_text=re.compile(rf"№\s\d+.*{text}", re.DOTALL))
    expect(listed).to_be_visible()
    found = re.search(rf"№\s(\d+)[^№]*{text}", listed.inner_text())
    assert found, listed.inner_text()
    return int(found[1])
