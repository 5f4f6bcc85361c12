"""From an update to a reply: a template found inline, a frequent question, a receipt (TPL-02, FAQ-03, FIL-01)."""

import json
import time
from collections.abc import Callable
from typing import Any

import psycopg

from simulator.client import Simulator
from simulator.stack import ROOT, Stack
from tests.bench.load import Figures, post_all
from tests.bench.page import Row
from tests.bench.product import CHATS, STAFF_ID, Servers, product, say
from tests.bench.webhook import Json, update

TEMPLATES = 1_000
COUNT = 40
FIRST_CHAT = -1009000000000
FIRST_UPDATE = 5_000_000
FAQ = ROOT / "templates_app" / "data" / "faq_items.jsonl"

MAKE_TEMPLATES = """
INSERT INTO buhbot.templates_app_template (title, shortcut, text, category, changed_at)
SELECT 'Счёт на оплату ' || n, 'счет' || n, repeat('Добрый день! Направляем счёт и акт сверки. ', 40), 'status', now()
FROM generate_series(1, %s) AS n
"""
MAKE_ITEM = """
INSERT INTO buhbot.templates_app_faqitem (question, answer, keywords, is_enabled, changed_at)
VALUES (%s, 'Ответим в рабочее время.', %s, true, now())
"""


def replies_rows(servers: Servers, scale: float) -> list[Row]:
    """Measure each kind of reply one after another on an idle system."""
    count = max(5, int(COUNT * scale))
    with product(servers, "replies") as stack, stack.simulator() as telegram:
        items = _prepare(stack, telegram)
        say("Measuring templates, frequent questions and receipts ...")
        telegram.post("limits", enabled=False)
        inline = _measure(stack, telegram, "answerInlineQuery", count, _inline_query)
        answers = _measure(
            stack, telegram, "sendMessage", count, lambda n: _question(n, items[0]["question"])
        )
        receipts = _measure(stack, telegram, "sendMessage", count, lambda n: _document(n + count))
    return [
        Row("TPL-02", f"inline query → answer, {TEMPLATES:,} templates", "p95 ≤ 150 ms", _spread(inline)),
        Row("FAQ-03", f"client's question → answer, {len(items)} items", "≤ 5 s", _spread(answers)),
        Row("FIL-01", "client's file → receipt", "≤ 3 s", _spread(receipts)),
    ]


def _prepare(stack: Stack, telegram: Simulator) -> list[Json]:
    items: list[Json] = [json.loads(line) for line in FAQ.read_text(encoding="utf-8").splitlines()]
    with psycopg.connect(stack.database_url, autocommit=True) as database:
        database.execute("DELETE FROM buhbot.templates_app_faqitem")
        database.execute(MAKE_TEMPLATES, [TEMPLATES])
        for item in items:
            database.execute(MAKE_ITEM, [item["question"], "\n".join(item["keywords"])])
    group = {"type": "supergroup", "bot": "member"}
    telegram.load(
        chats=[
            {**group, "id": FIRST_CHAT - n, "title": f"Клиент {n}", "members": []} for n in range(len(CHATS))
        ]
    )
    return items


def _measure(stack: Stack, telegram: Any, method: str, count: int, make: Callable[[int], Json]) -> Figures:
    figures = Figures()
    for number in range(count):
        seen = max((call["seq"] for call in telegram.calls()), default=0)
        posted = make(number)
        started = time.time()
        post_all(stack.web_port, [posted], secret=stack.webhook_secret, connections=1)
        figures.times_ms.append((_next_call(telegram, method, seen)["time"] - started) * 1000)
    return figures


def _next_call(telegram: Any, method: str, seen: int) -> Json:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for call in telegram.calls(method, since=seen):
            found: Json = call
            return found
        time.sleep(0.005)
    raise TimeoutError(f"no {method} reached the Bot API in 20 s")


_numbers = iter(range(FIRST_UPDATE, 10_000_000))


def _inline_query(_number: int) -> Json:
    who = {"id": STAFF_ID, "is_bot": False, "first_name": "Анна"}
    number = next(_numbers)
    return {
        "update_id": number,
        "inline_query": {"id": str(number), "from": who, "query": "сч", "offset": ""},
    }


def _question(chat: int, text: str) -> Json:
    return update(next(_numbers), text, chat=chat)


def _document(chat: int) -> Json:
    made = update(next(_numbers), "", chat=chat)
    del made["message"]["text"]
    made["message"]["document"] = {
        "file_id": f"bench{chat}",
        "file_unique_id": f"unique{chat}",
        "file_name": "Акт сверки.pdf",
        "mime_type": "application/pdf",
        "file_size": 120_000,
    }
    return made


def _spread(figures: Figures) -> str:
    return f"{figures.median:.0f} / {figures.percentile(95):.0f} / {figures.percentile(99):.0f} ms"
