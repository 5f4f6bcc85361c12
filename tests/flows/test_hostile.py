"""Every text of the product is hostile, and nothing of it works on any way out (SEC-10).

Pages of Admin, files for spreadsheets, messages of Telegram, log lines: whatever holds words is filled with markup,
formulas, SQL, templates, paths, control and turning characters. A field, page or export that is added later is
walked too.
"""

import csv
import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import DataError, IntegrityError, InternalError, ProgrammingError, models, transaction
from django.urls import reverse
from openpyxl import load_workbook

from bot.announcer import announce
from bot.consumer import process_pending
from bot.flood import patience
from bot.models import InboundUpdate, OutgoingMessage
from bot.rules import width
from bot.texts.commands import COMMANDS, IN_GROUPS, OF_MANAGERS, OF_SERVING, OF_STAFF
from buhbot.models import AuditEntry, Role, User
from buhbot.services.audit import record
from feedback.models import VoteEvent
from sla.admin.reports.tables import TABLES
from sla.models import RequestEvent
from sla.services import fire_due
from tests.admin import rights
from tests.admin.firm import ASKED_AT, OVERDUE_AT, Firm, build
from tests.admin.walk import FOUND, rows_of
from tests.bot.posting import post
from tests.flows import telegram
from tests.unit.test_log_masking import json_handler

MARK = "zz-hostile"
BREAKOUT = f"\"'><{MARK} onzz=1>"
VECTORS = (
    f"<{MARK} onzz=1 href='javascript:zz()'></script></style></textarea></title><!--<{MARK}>-->]]>&lt;{MARK}&gt;"
    "{{ 7|add:7 }}{% now 'Y' %}%(zz)s %s {zz.__class__} ${zz} {{client_name}} '; DROP TABLE buhbot_user; --"
    " ../../etc/passwd C:\\zz \u202eexe.fdp\u2066 \x01\x1b[31m\x7f\x85\u2028\ufffe\uffff 😀👩\u200d👩\u200d👧 \t\r\n"
)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", " =", "\n=")
ENDLESS = 64 * 1024
LEAST_FILLED, LEAST_PAGES, LEAST_MESSAGES = 50, 60, 15
# Not words of people: keys that the product makes, and what only the bot writes.
OURS = {
    *("password", "storage_key", "bucket", "dedupe_key", "subject", "telegram_file_id", "file_unique_id"),
    *("token_hash", "zone", "time_zone", "method", "audience", "menu_shown", "model", "codename"),
}
OF_SIGN_IN = {"SignInAttempts", "SecondFactor", "BackupCode"}
APPS = ("buhbot", "sla", "templates_app", "feedback", "bot")
TELEGRAMS_TAGS = {"b", "i", "a", "code", "blockquote"}
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
CODE = re.compile(r"(x-|@|:|hx-(?!get|target|swap|trigger)|on)")


class Page(HTMLParser):
    """What a browser would make of the page: its tags, and what of a hostile text works."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.works: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        if tag == MARK:
            self.works.append(f"<{tag}>")
        for name, value in attrs:
            is_code = CODE.match(name) and MARK in (value or "")
            if name == "onzz" or is_code or (value or "").strip().lower().startswith("javascript:"):
                self.works.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


def hostile(start: str, limit: int | None) -> str:
    """A hostile text of so many characters at most; a short one breaks out of attributes."""
    if limit is not None and limit < 200:
        return (start + BREAKOUT)[:limit]
    return (start + BREAKOUT + VECTORS + "ы" * ENDLESS)[: limit or ENDLESS]


def words(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.get_fields():
        is_text = isinstance(field, models.CharField | models.TextField)
        if is_text and not getattr(field, "choices", None) and field.name not in OURS:
            yield field


def fill(start: str) -> int:
    """Make every word that the database lets the service change hostile; return how many columns took one."""
    filled = 0
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            is_open = model._meta.managed and model.__name__ not in OF_SIGN_IN
            for field in words(model) if is_open else ():
                filled += _fill(model, field, start)
    return filled


def _fill(model: type[models.Model], field: Any, start: str) -> int:
    changed = 0
    for number, pk in enumerate(model._default_manager.values_list("pk", flat=True)[:50]):
        text = hostile(start, field.max_length)
        unique = f"{text[: len(text) - 4]}{number:04}" if number else text
        try:
            with transaction.atomic():
                changed += model._default_manager.filter(pk=pk).update(**{field.name: unique})
        except (IntegrityError, DataError, ProgrammingError, InternalError):
            continue  # not that word in that column, or nobody may change it
    return int(changed > 0)


@pytest.fixture
def firm(db: None) -> Firm:
    return build()


def filled_firm(firm: Firm, start: str) -> dict[str, Any]:
    rows = rows_of(firm)
    assert fill(start) >= LEAST_FILLED
    text = hostile(start, 500)
    for person in firm.people.values():
        person.refresh_from_db()
    RequestEvent.objects.create(
        request=firm.own.request, kind="resolved", at=ASKED_AT, actor=firm.people[Role.ACCOUNTANT], note=text
    )
    VoteEvent.objects.create(vote=rows["feedback.vote"][0], kind="commented", comment=text, at=ASKED_AT)
    record(AuditEntry.Kind.DONE, actor=firm.people[Role.ADMIN], about=firm.own.chat, note=text, now=ASKED_AT)
    return rows


def addresses(rows: dict[str, Any]) -> Iterator[str]:
    """Every page that is asked for with GET: lists, forms, rows, our own, parts of Home, reports."""
    for page in FOUND:
        args = [rows[page.model][0].pk] if page.takes_row and page.model else []
        rule = rights.PAGES.get(page.name)
        if page.verb or rule and rule.method == "get":
            yield reverse(f"admin:{page.name}", args=args)
    for name in ("index", "sla_reports", "password_change", "second_factor"):
        yield reverse(f"admin:{name}")
    for model in ("buhbot_chat", "buhbot_message", "sla_request", "buhbot_user", "templates_app_template"):
        yield f"{reverse(f'admin:{model}_changelist')}?q=%22%27%3E%3C{MARK}%20onzz%3D1%3E"
    for piece in ("steps", "people", "now", "charts", "hours"):
        yield reverse("admin:home_piece", args=[piece])
    for view in TABLES:
        yield f"{reverse('admin:sla_reports')}?view={view}"
    yield reverse("admin:buhbot_chat_people", args=[rows["buhbot.chat"][0].pk])


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.ACCOUNTANT])
def test_sec_10_nothing_hostile_works_on_any_page(firm: Firm, role: str) -> None:
    rows = filled_firm(firm, "")
    browser, met = firm.browser(role), 0
    for address in addresses(rows):
        with transaction.atomic():
            answer = browser.get(address)
            transaction.set_rollback(True)
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            assert answer.status_code in (200, 302, 403, 404, 405), address
            continue
        text = answer.content.decode()
        assert Page(text).works == [], address
        met += MARK in text
    assert met >= (LEAST_PAGES if role == Role.ADMIN else LEAST_PAGES // 3)


EXPORTS = (
    *((f"sla_reports_export/{kind}", view) for kind in ("csv", "xlsx") for view in TABLES),
    *(("feedback_vote_export", kind) for kind in ("csv", "xlsx")),
    ("templates_app_template_export_view", "csv"),
)


def exported(firm: Firm, name: str, which: str) -> Any:
    name, _, kind = name.partition("/")
    query = {"view": which, "preset": "custom", "first": "2026-11-01", "last": "2026-12-31", "file": which}
    address = reverse(f"admin:{name}", args=[kind] if kind else [])
    if name == "feedback_vote_export":
        query = {"file": which}
    return firm.browser(Role.ADMIN).get(
        address, query if name != "templates_app_template_export_view" else {}
    )


def cells(answer: Any) -> Iterator[str]:
    """Every text of the file, as a spreadsheet reads it."""
    if "sheet" in answer["Content-Type"]:
        for sheet in load_workbook(io.BytesIO(answer.content)):
            for row in sheet.iter_rows():
                assert not [cell.coordinate for cell in row if cell.data_type == "f"]
                yield from (value for cell in row if isinstance(value := cell.value, str))
        return
    reader = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";")
    for line in reader:
        yield from line


@pytest.mark.parametrize("start", FORMULAS)
def test_sec_10_no_cell_of_any_file_is_a_formula(firm: Firm, start: str) -> None:
    filled_firm(firm, start)
    met = 0
    for name, which in EXPORTS:
        answer = exported(firm, name, which)
        assert answer.status_code == 200, name
        for cell in cells(answer):
            assert not cell.lstrip().startswith(("=", "+", "@")), (name, which, cell[:40])
            assert not cell.startswith(("\t", "\r")), (name, which, cell[:40])
            assert not (cell.startswith("-") and MARK in cell), (name, which, cell[:40])
            met += MARK in cell
    assert met >= len(EXPORTS) // 2


def asks(firm: Firm) -> Iterator[dict[str, Any]]:
    """Updates whose every word is hostile, and every command of staff."""
    name, text = hostile("", 64), hostile("", 4000)
    client = telegram.person(501, name) | {"last_name": BREAKOUT, "username": BREAKOUT[:32]}
    group = telegram.group(firm.own.chat.telegram_id, hostile("", 250))
    now = OVERDUE_AT + timedelta(minutes=10)
    asked = telegram.message(group, client, now, f"Когда будет готов акт? {text}"[:4000])
    yield {"message": asked}
    yield {"edited_message": asked | {"text": f"Где акт? {text}"[:4000], "edit_date": int(now.timestamp())}}
    document = {"file_id": "d9", "file_unique_id": "ud9", "file_name": text, "mime_type": BREAKOUT}
    yield {"message": telegram.message(group, client, now, caption=f"Акт {text}"[:1000], document=document)}
    yield {
        "callback_query": {
            "id": "zz",
            "from": client,
            "chat_instance": "1",
            "data": BREAKOUT,
            "message": asked,
        }
    }
    yield {"inline_query": {"id": "zy", "from": telegram.person(601, name), "query": BREAKOUT, "offset": ""}}
    yield {"message": telegram.message(telegram.private(501, name), client, now, f"/chat {BREAKOUT}")}
    yield {"message": telegram.message(telegram.private(501, name), client, now, text)}
    every = (*OF_STAFF, *OF_SERVING, *OF_MANAGERS, *COMMANDS["all_private_chats"])
    for word in sorted({command.name for command in every}):
        for person_id in (601, 602):
            for more in ("", f" {firm.own.request.pk}", f" {BREAKOUT}"):
                who, here = telegram.person(person_id, name), telegram.private(person_id, name)
                yield {"message": telegram.message(here, who, now, f"/{word}{more}")}
    for command in (*COMMANDS["all_group_chats"], *IN_GROUPS):
        yield {"message": telegram.message(group, client, now, f"/{command.name} {BREAKOUT}")}
        yield {
            "message": telegram.message(group, telegram.person(601, name), now, f"/{command.name} {BREAKOUT}")
        }


def test_sec_10_nothing_hostile_works_in_telegram(firm: Firm) -> None:
    filled_firm(firm, "")
    User.objects.update(unreachable_since=None)
    OutgoingMessage.objects.all().delete()
    for content in asks(firm):
        assert post(json.dumps(telegram.update(**content)).encode()).status_code == 200
        process_pending()
        cache.clear()  # or BOT-06 keeps the answers back
        patience.forget()
    assert not InboundUpdate.objects.filter(state="pending").exists()
    assert (
        list(InboundUpdate.objects.exclude(error="").exclude(update_id=7).values_list("error", flat=True))
        == []
    )
    fire_due(OVERDUE_AT + timedelta(hours=9))
    announce(OVERDUE_AT + timedelta(hours=9))
    met = 0
    for payload in OutgoingMessage.objects.values_list("payload", flat=True):
        met += MARK in json.dumps(payload)
        for part, limit in (("text", 4096), ("caption", 1024)):
            said = payload.get(part, "")
            if payload.get("parse_mode") != "HTML":
                continue
            page = Page(said)
            assert (page.works, page.crossed, page.open) == ([], [], []), said
            assert set(page.tags) <= TELEGRAMS_TAGS, said
            assert width(said) <= limit
            assert not TURNING.search(said), said
    assert met >= LEAST_MESSAGES


def test_sec_10_nothing_hostile_breaks_a_log_line(firm: Firm) -> None:
    out = io.StringIO()
    handler = json_handler(out)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        for content in list(asks(firm))[:12]:
            post(json.dumps(telegram.update(**content)).encode())
        process_pending()
        firm.browser(Role.ADMIN).get("/admin/" + BREAKOUT + "%0d%0a%00", headers={"User-Agent": BREAKOUT})
        logging.getLogger("library").error("told %s", hostile("", None))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    lines = out.getvalue().split("\n")[:-1]
    assert len(lines) > 1
    for line in lines:
        assert line.isprintable() or "😀" in line, line[:200]
        assert json.loads(line)["level"]
