"""A survey from its draft to its figures: managers at the desk, clients in a group and in private (SUR, FBK)."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from simulator.client import Simulator
from simulator.stack import Stack
from tests.browser.conftest import keep_both
from tests.browser.test_days import button, reply
from tests.browser.test_panel import choose, desk, go, save, see
from tests.browser.test_story import bubble, say, telegram

pytestmark = [pytest.mark.browser, pytest.mark.processes]

LOGISTICS, SMIRNOV, MANAGER = -1001000000007, -1001000000002, 9002  # chats of no other story
SERGEY, ALEXEY = 107, 102
TITLE, DANCERS = "Итоги квартала", "Школа танцев «Па-де-де»"
UNHAPPY = "Долго ждали ответа по НДФЛ, пришлось звонить"
DONE = "Созвонились, назначили второго бухгалтера"


@pytest.fixture(scope="module")
def sim(product: Stack) -> Iterator[Simulator]:
    with product.simulator() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def colleagues(sim: Simulator) -> list[int]:
    """Three more people of the client's firm in the group, and a chat that nobody has set up."""
    people = [sim.person(name, last_name="Северова") for name in ("Ольга", "Нина", "Вера")]
    for person in people:
        sim.member(LOGISTICS, person)
    sim.group(DANCERS, members=[people[0]])
    sim.wait_delivered(seconds=60)
    return people


def test_a_survey_goes_from_its_draft_to_its_figures(
    browser: Browser, product: Stack, sim: Simulator, colleagues: list[int]
) -> None:
    # SUR-01, SUR-03, SUR-05, SUR-06, SUR-07, SUR-09, SUR-10, FBK-02, ADM-13
    manager = desk(browser, product, "manager")
    alerts = telegram(browser, product, MANAGER, MANAGER)
    write_survey(manager, product)
    send_survey(manager)

    group = telegram(browser, product, SERGEY, LOGISTICS)
    see(bubble(group, "Насколько вы довольны"))
    button(group, "4 ⭐").click()
    see(group.get_by_test_id("toast").filter(has_text="Ваша оценка: 4 ⭐"))
    see(bubble(group, "Ответьте на это сообщение"))
    reply(group, "Ответьте на это сообщение", "Спасибо за быстрый счёт!")
    for person, rating in zip(colleagues, ("5 ⭐", "5 ⭐", "4 ⭐"), strict=True):
        vote(sim, person, LOGISTICS, rating)
    keep_both(group, "survey-group")

    vote_in_private(browser, product)
    see(bubble(alerts, UNHAPPY))
    expect(bubble(alerts, UNHAPPY)).to_contain_text("Низкая оценка: 2 ⭐")
    keep_both(alerts, "survey-alert")

    close_follow_up(manager, product)
    expect(bubble(alerts, UNHAPPY)).to_contain_text(DONE)
    look_at_figures(manager, product)
    close_survey(manager, product)
    for page in (manager, alerts, group):
        page.context.close()


def write_survey(page: Page, product: Stack) -> None:
    go(page, product, "feedback/survey/add/")
    page.fill("#id_title", TITLE)
    page.select_option("#id_audience", "picked")
    for name in ("Логистика", "Смирнов", "Школа"):
        choose(page, "chats", name)
    members = page.locator("#bb-members")
    expect(members.locator(".bb-members-count b")).to_have_text("2")
    expect(members).to_contain_text("чат не отслеживается")
    members.scroll_into_view_if_needed()
    keep_both(page, "survey-form")
    save(page)


def send_survey(page: Page) -> None:
    page.get_by_role("link", name=TITLE).first.click()
    see(page.get_by_text("черновик"))
    keep_both(page, "survey-draft")
    page.get_by_role("link", name="Начать сейчас").click()
    see(page.locator(".bb-members-count"))
    keep_both(page, "survey-confirm")
    page.get_by_role("button", name="Начать сейчас").click()
    see(page.locator(".bb-tile").filter(has_text="Доставлено").filter(has_text="2"))
    keep_both(page, "survey-sent")


def vote(sim: Simulator, person: int, chat: int, button_text: str) -> None:
    ballot = sim.wait_message(chat, "Насколько вы довольны", seconds=30)
    answer: Any = sim.press(person, chat, ballot["message_id"], button_text, wait=30)
    assert button_text in answer["toast"]


def vote_in_private(browser: Browser, product: Stack) -> None:
    """Rate low, say why; the group sees nothing of it."""
    page = telegram(browser, product, ALEXEY, SMIRNOV)
    see(bubble(page, "Насколько вы довольны"))
    button(page, "Оценить лично").click()
    see(bubble(page, "Речь о чате"))
    button(page, "2 ⭐").click()
    see(bubble(page, "Ваша оценка: 2 ⭐"))
    see(bubble(page, "станет комментарием"))
    say(page, UNHAPPY)
    see(bubble(page, "комментарий передан"))
    keep_both(page, "survey-private")
    page.context.close()


def close_follow_up(page: Page, product: Stack) -> None:
    go(page, product, "feedback/followup/")
    keep_both(page, "follow-ups")
    page.get_by_role("link", name="ИП Смирнов").first.click()
    see(page.get_by_text(UNHAPPY))
    keep_both(page, "follow-up")
    page.get_by_role("link", name="Закрыть задачу").first.click()
    page.fill("#id_reason", DONE)
    keep_both(page, "follow-up-close")
    page.get_by_role("button", name="Закрыть задачу").click()
    see(page.get_by_text(DONE))


def look_at_figures(page: Page, product: Stack) -> None:
    go(page, product, "feedback/vote/")
    see(page.locator(".bb-tile").filter(has_text="CSAT").filter(has_text="80"))
    keep_both(page, "votes")
    page.get_by_role("link", name="ИП Смирнов").first.click()
    see(page.get_by_text("Что было с оценкой"))
    keep_both(page, "vote")
    go(page, product, "reports/?view=feedback")
    see(page.locator(".bb-report").filter(has_text=TITLE))
    keep_both(page, "ratings-report")
    go(page, product, "")
    see(page.locator(".bb-tile").filter(has_text="CSAT"))


def close_survey(page: Page, product: Stack) -> None:
    go(page, product, "feedback/survey/")
    see(page.get_by_role("link", name=TITLE))
    keep_both(page, "surveys")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("link", name="Закрыть опрос").click()
    page.get_by_role("button", name="Закрыть опрос").click()
    see(page.get_by_text("Опрос закрыт"))
    keep_both(page, "survey-closed")
