"""RUN-02: a person plays client and staff on the page: writes, replies, edits, attaches, presses buttons."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.client import Simulator
from simulator.tests.conftest import TOKEN

playwright_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(5000)
    mistakes: list[str] = []
    opened.on("pageerror", lambda error: mistakes.append(str(error)))
    yield opened
    opened.close()
    assert mistakes == []


def bot_sends(url: str, chat: int, text: str, **params: Any) -> int:
    call = {"chat_id": chat, "text": text, "parse_mode": "HTML", **params}
    return int(httpx.post(f"{url}/bot{TOKEN}/sendMessage", json=call).json()["result"]["message_id"])


def test_a_client_writes_and_staff_reply(sim: Simulator, url: str, page: Any) -> None:
    client, staff = sim.person("Анна"), sim.person("Ольга", side="staff")
    group = sim.group("ООО «Ромашка»", members=[client, staff])
    page.goto(f"{url}/?as={client}&chat={group}")
    page.get_by_test_id("composer-input").fill("Когда будет акт?")
    page.get_by_test_id("composer-input").press("Enter")
    page.get_by_test_id("bubble").filter(has_text="Когда будет акт?").wait_for()
    page.get_by_test_id("person-switch").select_option(str(staff))
    bubble = page.get_by_test_id("bubble").filter(has_text="Когда будет акт?")
    bubble.hover()
    bubble.get_by_label("Ответить").click()
    page.get_by_test_id("composer-input").fill("Сегодня")
    page.get_by_test_id("send").click()
    page.get_by_test_id("bubble").filter(has_text="Сегодня").wait_for()
    last = sim.messages(group)[-1]
    assert (last["from"]["id"], last["reply_to_message"]["text"]) == (staff, "Когда будет акт?")


def test_an_own_message_is_edited(sim: Simulator, url: str, page: Any) -> None:
    client = sim.person("Анна", started=True)
    sim.send(client, text="Отчот")
    page.goto(f"{url}/?as={client}&chat={client}")
    page.get_by_test_id("bubble").hover()
    page.get_by_label("Изменить").click()
    page.get_by_test_id("composer-input").fill("Отчёт")
    page.get_by_test_id("send").click()
    page.get_by_text("изменено").wait_for()
    assert sim.messages(client)[-1]["text"] == "Отчёт"


def test_a_button_shows_its_toast(sim: Simulator, url: str, page: Any) -> None:
    staff = sim.person("Ольга", side="staff", started=True)
    markup = {"inline_keyboard": [[{"text": "Взять в работу", "callback_data": "take"}]]}
    bot_sends(url, staff, "⏰ Ждут ответа", reply_markup=markup)

    def answer() -> None:
        query = sim.wait_for(lambda: [u for u in sim.updates() if "callback_query" in u])[0]["callback_query"]
        call = {"callback_query_id": query["id"], "text": "Принято"}
        httpx.post(f"{url}/bot{TOKEN}/answerCallbackQuery", json=call)

    thread = threading.Thread(target=answer)
    thread.start()
    page.goto(f"{url}/?as={staff}&chat={staff}")
    page.get_by_test_id("inline-button").click()
    assert page.get_by_test_id("toast").text_content() == "Принято"
    thread.join()


def test_start_opens_the_private_chat(sim: Simulator, url: str, page: Any) -> None:
    client = sim.person("Анна")
    page.goto(f"{url}/?as={client}&start=token-1")
    page.get_by_test_id("start").click()
    page.get_by_test_id("bubble").filter(has_text="/start token-1").wait_for()
    page.get_by_test_id("composer-input").wait_for()
    assert sim.messages(client)[0]["text"] == "/start token-1"


def test_files_voice_and_stickers(sim: Simulator, url: str, page: Any) -> None:
    client = sim.person("Анна", started=True)
    sim.send(client, text="x")
    page.goto(f"{url}/?as={client}&chat={client}")
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("attach").click()
    chooser.value.set_files({"name": "акт.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    page.get_by_test_id("bubble").filter(has_text="акт.pdf").wait_for()
    page.get_by_test_id("voice").click()
    page.get_by_label("Прослушать").wait_for()
    page.get_by_test_id("sticker").click()
    page.get_by_label("Стикер 🙏").click()
    sim.wait_for(lambda: len(sim.messages(client)) == 4)
    _, document, voice, sticker = sim.messages(client)
    assert document["document"]["mime_type"] == "application/pdf"
    assert (voice["voice"]["mime_type"], sticker["sticker"]["emoji"]) == ("audio/ogg", "🙏")


def test_the_keyboard_of_the_bot(sim: Simulator, url: str, page: Any) -> None:
    client = sim.person("Анна", started=True)
    bot_sends(url, client, "Меню", reply_markup={"keyboard": [[{"text": "Статус документов"}]]})
    page.goto(f"{url}/?as={client}&chat={client}")
    page.get_by_test_id("keyboard-button").click()
    page.get_by_test_id("bubble").filter(has_text="Статус документов").wait_for()
    assert sim.messages(client)[-1]["text"] == "Статус документов"


def test_unread_counts_and_foreign_chats(sim: Simulator, url: str, page: Any) -> None:
    client, other = sim.person("Анна"), sim.person("Борис")
    group = sim.group("ООО «Ромашка»", members=[client], quiet=True)
    sim.group("Чужая группа", members=[other], quiet=True)
    bot_sends(url, group, "Напоминание")
    page.goto(f"{url}/?as={client}")
    item = page.get_by_test_id("chat-item").filter(has_text="Ромашка")
    assert "1" in item.locator(".unread").text_content()
    assert page.get_by_text("Чужая группа").count() == 0
    item.click()
    item.locator(".unread").wait_for(state="detached")


def test_nothing_hostile_is_drawn(sim: Simulator, url: str, page: Any) -> None:
    client = sim.person("<img src=x onerror=alert(1)>", started=True)
    sim.send(client, text="<script>alert(1)</script>")
    bot_sends(url, client, '<b>жирно</b> &lt;img src=x&gt; <a href="javascript:alert(1)">туда</a>')
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    page.goto(f"{url}/?as={client}&chat={client}")
    page.get_by_test_id("bubble").filter(has_text="<img src=x>").wait_for()
    assert page.locator(".history img, .history script, .history a[href^=javascript]").count() == 0
    assert page.locator(".words b").text_content() == "жирно"


def test_a_phone_goes_from_the_list_to_the_chat_and_back(sim: Simulator, url: str, page: Any) -> None:
    client = sim.person("Анна")
    sim.group("ООО «Ромашка»", members=[client])
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{url}/?as={client}")
    page.get_by_test_id("chat-item").filter(has_text="Ромашка").click()
    page.get_by_test_id("composer-input").wait_for()
    page.get_by_label("К списку чатов").click()
    page.get_by_test_id("chat-item").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
