"""The panel as each role uses it: from Home to a request, and the terms, chats, reports and classes (ADM-13)."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, expect

from simulator.demo import FIRM, FIRM_ZONE, tell_history
from simulator.stack import Stack
from tests.browser.conftest import SHIFT, SHIFT_CHAT, keep_both, open_page, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]

CAFE, CLINIC, BUILDER, NEWCOMER = -1001000000003, -1001000000005, -1001000000004, "Новый клиент"
CAFE_ASKS = "Подскажите, когда придёт акт сверки с поставщиком?"
CLINIC_ASKS = "Можно ли оплатить НДФЛ одной суммой за месяц?"
SHIFT_ASKS = "Как оформить отпуск новому мастеру?"
BUILDER_SAYS = "Понял, спасибо"
SLOW = 30_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def firm(product: Stack) -> Stack:
    """A firm with two days behind it, in which clients have just asked."""
    with product.simulator() as sim:
        tell_history(sim, json.loads(FIRM.read_text(encoding="utf-8")))
        sim.send(103, CAFE, CAFE_ASKS)
        sim.send(105, CLINIC, CLINIC_ASKS)
        sim.send(106, SHIFT_CHAT, SHIFT_ASKS)
        sim.send(9004, BUILDER, "Всё готово, отправили.")  # ends what another story has left open there
        sim.send(104, BUILDER, BUILDER_SAYS)
        sim.wait_delivered(seconds=60)
    return product


@pytest.fixture
def manager(browser: Browser, firm: Stack) -> Iterator[Page]:
    page = desk(browser, firm, "manager")
    yield page
    page.context.close()


def desk(browser: Browser, firm: Stack, who: str) -> Page:
    page = open_page(browser, width=1440, height=900)
    page.set_default_timeout(SLOW)
    sign_in(page, firm, f"{who}@demo.local")
    return page


def go(page: Page, firm: Stack, path: str) -> None:
    page.goto(f"{firm.web_url}/admin/{path}")


def see(place: Locator) -> None:
    expect(place.first).to_be_visible(timeout=SLOW)


def save(page: Page) -> None:
    page.locator("button[name=_save]").click()
    see(page.get_by_text("успешно"))


def choose(page: Page, field: str, text: str) -> None:
    """Find a row by its name in a field that searches."""
    page.locator(f"#id_{field} + .select2-container").click()
    page.locator(".select2-search__field").last.fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def find_request(page: Page, firm: Stack, text: str) -> None:
    """Open the page of the request with this text."""
    go(page, firm, "sla/request/")
    page.get_by_role("link").filter(has_text=text).first.click()
    see(page.get_by_text("Почему такой срок"))


@pytest.mark.parametrize("who", ["admin", "manager", "anna"])
def test_adm_13_whoever_serves_goes_from_home_to_a_request(browser: Browser, firm: Stack, who: str) -> None:
    page = desk(browser, firm, who)
    see(page.get_by_text("Кто ждёт ответа"))
    page.get_by_role("link", name="Вся очередь").click()
    page.get_by_role("link").filter(has_text=CAFE_ASKS).first.click()
    see(page.get_by_text("Почему такой срок"))
    see(page.locator(".bb-bubble").filter(has_text=CAFE_ASKS))
    page.context.close()


def test_adm_13_an_observer_sees_figures_but_no_request(browser: Browser, firm: Stack) -> None:
    page = desk(browser, firm, "observer")
    see(page.locator(".bb-tile").filter(has_text="Открыто"))
    expect(page.get_by_text("Кто ждёт ответа")).to_have_count(0)
    answer = page.goto(f"{firm.web_url}/admin/sla/request/")
    assert answer is not None
    assert answer.status == 403
    go(page, firm, "buhbot/chat/")
    see(page.get_by_text("Кофейня"))
    expect(page.get_by_text("Зернова")).to_have_count(0)
    page.context.close()


def test_adm_13_the_main_pages_fit_a_desk_and_a_phone(manager: Page, firm: Stack) -> None:
    see(manager.locator(".bb-queue-row"))
    manager.wait_for_load_state("networkidle")
    keep_both(manager, "home")
    go(manager, firm, "sla/request/")
    keep_both(manager, "queue")
    find_request(manager, firm, CAFE_ASKS)
    keep_both(manager, "request")
    manager.locator(".bb-request-head a").click()
    see(manager.get_by_role("button", name="Выключить наблюдение"))
    keep_both(manager, "chat")
    manager.get_by_role("link", name="Отчёты").first.click()
    see(manager.locator(".bb-report"))
    keep_both(manager, "report")


def test_adm_13_a_manager_resolves_a_request(manager: Page, firm: Stack) -> None:
    find_request(manager, firm, CLINIC_ASKS)
    manager.fill("#note", "Ответили по телефону")
    manager.get_by_role("button", name="Решено").click()
    see(manager.get_by_text("Помечено решённым."))
    see(manager.get_by_text("Ответили по телефону"))


def test_adm_13_a_new_chat_is_set_up_and_monitored(manager: Page, firm: Stack) -> None:
    go(manager, firm, "buhbot/chat/?q=Новый")
    manager.get_by_role("link", name=NEWCOMER).first.click()
    manager.fill("#id_client_name", "ООО «Новый клиент»")
    choose(manager, "tier", "VIP")
    manager.locator("#assignments-group .add-row").click()
    choose(manager, "assignments-0-user", "Павел Зимин")
    manager.select_option("#id_assignments-0-duty", "accountant")
    save(manager)
    go(manager, firm, "buhbot/chat/?q=Новый")
    manager.get_by_role("link", name=NEWCOMER).first.click()
    manager.get_by_role("button", name="Включить наблюдение").click()
    see(manager.get_by_text("Теперь чат под наблюдением."))


def test_adm_13_a_day_off_in_the_calendar_moves_a_due_time(manager: Page, firm: Stack) -> None:
    find_request(manager, firm, SHIFT_ASKS)
    request, due = manager.url, manager.locator(".bb-facts")
    before = due.inner_text()
    go(manager, firm, "buhbot/calendar/")
    manager.get_by_role("link", name=SHIFT).click()
    today = datetime.now(FIRM_ZONE).isoweekday()
    hours = manager.locator(".bb-hours").nth(today - 1)
    hours.get_by_label("Убрать").click()
    see(hours.get_by_text("выходной"))
    manager.get_by_role("button", name="Какой срок?").click()
    see(manager.locator("#bb-preview .bb-preview-due"))
    save(manager)
    see(manager.get_by_text("Пересчитан"))
    manager.goto(request)
    expect(due).not_to_have_text(before, timeout=SLOW)


def test_adm_13_a_policy_is_changed_after_its_preview_was_read(manager: Page, firm: Stack) -> None:
    go(manager, firm, "sla/policy/")
    manager.get_by_role("link", name="Стандарт").first.click()
    manager.fill("#id_target_minutes", "20")
    manager.get_by_role("button", name="Проверить").click()
    effect = manager.locator(".bb-effect")
    see(effect.get_by_text("Затронуто чатов"))
    see(effect.get_by_text("→"))
    expect(manager.locator("#id_target_minutes")).to_have_value("20")
    save(manager)
    manager.get_by_role("link", name="Стандарт").first.click()
    expect(manager.locator("#id_target_minutes")).to_have_value("20", timeout=SLOW)


def test_adm_13_a_report_is_exported_and_opens(manager: Page, firm: Stack) -> None:
    manager.get_by_role("link", name="Отчёты").first.click()
    with manager.expect_download() as excel:
        manager.get_by_role("link", name="Excel").click()
    with manager.expect_download() as text:
        manager.get_by_role("link", name="CSV").click()
    assert excel.value.suggested_filename.endswith(".xlsx")
    assert text.value.suggested_filename.endswith(".csv")
    book = load_workbook(io.BytesIO(Path(excel.value.path()).read_bytes()))
    assert len(book.sheetnames) > 1
    rows = csv.reader(Path(text.value.path()).read_text("utf-8-sig").splitlines(), delimiter=";")
    assert len(list(rows)) > 1


def test_adm_13_a_class_is_corrected_and_a_request_opens(manager: Page, firm: Stack) -> None:
    go(manager, firm, "buhbot/message/?q=Понял")
    manager.get_by_role("link").filter(has_text=BUILDER_SAYS).first.click()
    manager.locator("details.bb-class summary").click()
    manager.select_option("details.bb-class select", "REQUEST")
    manager.get_by_role("button", name="Исправить").click()
    see(manager.get_by_text("Класс исправлен. Запрос №"))
