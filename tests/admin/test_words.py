"""A person who speaks no English is never shown an English word (product: language)."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from bot.models import BotAccount
from buhbot.models import Role
from sla.admin.reports.tables import makers_for
from tests.admin import rights
from tests.admin.firm import ASKED_AT, Firm
from tests.admin.visits import press
from tests.admin.walk import FOUND, may, rows_of

NAMES = {
    "esc",
    "BuhBot",
    "Telegram",
    "VIP",
    "UTC",
    "firm",
    "test",
    "update_id",
    "Traceback",
    "ValueError",
    "text",
    "https",
    "CSV",
    "me",
    "request",  # /request and /norequest, as people write them
    "norequest",
    "privacy",  # /privacy
    "anna",  # an address of mail, as an example
    "example",
    "com",
    "template",  # /template
    "client_name",  # a variable of templates
    "ID",
    "pdf",  # акт.pdf
    "Excel",
    "BotFather",
    "NPS",
    "CSAT",
    "setprivacy",
    "Disable",  # a button of BotFather, who speaks English
}
SHOWN_ATTRIBUTES = ("placeholder", "title", "alt", "aria-label", "data-label")
SILENT = {"script", "style", "code", "template"}
WORD = re.compile(r"[A-Za-z_]{2,}")


class Words(HTMLParser):
    """Collects the words that a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        given = dict(attrs)
        self.silent += "material-symbols-outlined" in (given.get("class") or "") and tag == "span"
        for name in SHOWN_ATTRIBUTES:
            self._note(given.get(name) or "")
        if tag == "input" and given.get("type") == "submit":
            self._note(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= bool(self.silent and tag in SILENT | {"span"})

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._note(data)

    def _note(self, text: str) -> None:
        self.found += [word for word in WORD.findall(text) if word not in NAMES]


def english(page: str) -> list[str]:
    words = Words()
    words.feed(page)
    shown = re.sub(r"\S+@\S+", "", " ".join(words.found))
    return [word for word in shown.split() if not re.fullmatch(r"(admin|manager|accountant|observer)", word)]


def test_the_check_finds_english_and_passes_over_icons() -> None:
    assert english('<p title="Delete">Да<span class="material-symbols-outlined">home</span></p>') == [
        "Delete"
    ]


def shown_pages(firm: Firm, role: str) -> Iterator[str]:
    """Every page that the role may look at, of the own row where it takes one."""
    rows = rows_of(firm)
    for page in FOUND:
        if not page.model:
            continue
        row, own = rights.MODELS[page.model], rights.PAGES.get(page.name)
        sight = {"add": row.add, "delete": row.delete, "": own.who if own else {}}.get(page.verb, row.see)
        if may(sight, role, is_foreign=False) and (own is None or own.method == "get"):
            yield reverse(f"admin:{page.name}", args=[rows[page.model][0].pk] if page.takes_row else [])


@pytest.mark.parametrize("role", Role.values)
def test_no_page_shows_an_english_word(firm: Firm, role: str) -> None:
    browser = firm.browser(role)
    pages = [reverse("admin:index"), reverse("admin:password_change"), *shown_pages(firm, role)]
    pages += [reverse("admin:home_piece", args=[piece]) for piece in settings.HOME_PIECES]
    pages += [f"{reverse('admin:sla_reports')}?view={view}&chat=x&from=x" for view in makers_for(role)]
    found = {page: english(browser.get(page, follow=True).content.decode()) for page in pages}
    assert {page: words for page, words in found.items() if words} == {}


def test_signing_in_and_links_show_no_english_word(firm: Firm, client: Any) -> None:
    BotAccount.objects.create(telegram_id=1, username="bot", checked_at=ASKED_AT)
    link = press(firm, Role.ADMIN, "buhbot_user_link", firm.people[Role.MANAGER].pk).content.decode()
    assert english(re.sub(r"https://t.me/\S+", "", link)) == []
    refused = client.post(reverse("admin:login"), {"username": "x@firm.test", "password": "y"})
    assert english(client.get(reverse("admin:login")).content.decode()) == []
    assert english(refused.content.decode()) == []
