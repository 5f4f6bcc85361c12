"""Files as people see them: a client sends one, the accountant decides, Admin shows and gives it (FIL)."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from simulator.stack import Stack
from tests.browser.conftest import keep, open_page, sign_in
from tests.browser.test_story import ANNA, CHAT, CLIENT, bubble, telegram

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PDF = b"%PDF-1.7\n" + b"0" * 5000
RECEIPT_SECONDS = 3.0


def test_fil_a_file_is_received_returned_and_downloaded(
    browser: Browser, product: Stack, tmp_path: Path
) -> None:
    invoice = tmp_path / "Счёт № 5.pdf"
    invoice.write_bytes(PDF)
    client = telegram(browser, product, CLIENT, CHAT)
    client.locator("#files").set_input_files(invoice)
    expect(bubble(client, "Получили в")).to_contain_text("Счёт № 5.pdf")
    with product.simulator() as sim:
        started = time.monotonic()
        sim.send_file(CLIENT, CHAT, content=b"%PDF-1.4", name="Акт.pdf")
        sim.wait_message(CHAT, "Акт.pdf", seconds=RECEIPT_SECONDS)
        assert time.monotonic() - started < RECEIPT_SECONDS  # FIL-01
        sim.album(CLIENT, CHAT, [{"kind": "photo"}, {"kind": "photo"}, {"kind": "document"}])
        sim.wait_message(CHAT, "3 файла", seconds=2 * RECEIPT_SECONDS)
        sim.send_file(CLIENT, CHAT, size=21 * 1024 * 1024, name="Скан договора.pdf")

    accountant = telegram(browser, product, ANNA, ANNA)
    expect(bubble(accountant, "Счёт № 5.pdf")).to_be_visible()
    expect(bubble(accountant, "больше 20 МБ")).to_be_visible()
    keep(accountant, "files-notice")
    frame = accountant.locator(".frame").filter(has_text="Счёт № 5.pdf")
    frame.get_by_test_id("inline-button").filter(has_text="Вернуть").click()
    question = bubble(accountant, "Ответьте на это сообщение")
    question.hover()
    question.get_by_label("Ответить").click()
    accountant.get_by_test_id("composer-input").fill("Нет подписи")
    accountant.get_by_test_id("send").click()
    expect(bubble(client, "Нужно исправить")).to_contain_text("Нет подписи")
    keep(client, "files-chat")

    admin = open_page(browser, width=1440, height=900)
    sign_in(admin, product, "anna@demo.local")
    admin.goto(f"{product.web_url}/admin/templates_app/receivedfile/")
    expect(admin.get_by_text("сохранён").first).to_be_visible()
    keep(admin, "files")
    admin.get_by_role("link", name="Счёт № 5.pdf").click()
    expect(admin.get_by_text("Нет подписи").first).to_be_visible()
    keep(admin, "file")
    with admin.expect_download() as saved:
        admin.get_by_role("link", name="Скачать").first.click()
    assert saved.value.suggested_filename == "Счёт № 5.pdf"
    assert Path(saved.value.path()).read_bytes() == PDF
