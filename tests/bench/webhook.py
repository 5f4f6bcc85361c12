"""The way of updates: webhook, inbox, processing, reply; near the database and far away (PERF-01 to 04, PERF-14)."""

import subprocess
import sys
import time
from contextlib import ExitStack
from typing import Any

import psycopg

from simulator.servers import free_port
from simulator.stack import ROOT, Stack
from tests.bench.load import Figures, get_all, post_all
from tests.bench.page import Row
from tests.bench.product import CHATS, STAFF_ID, Servers, product, say

Json = dict[str, Any]


def update(number: int, text: str, *, chat: int = 0, staff: bool = False) -> Json:
    """A message in one of the hundred chats, or of the accountant in private."""
    where: Json = (
        {"id": STAFF_ID, "type": "private", "first_name": "Анна"}
        if staff
        else {"id": -1009000000000 - chat, "type": "supergroup", "title": f"Клиент {chat}"}
    )
    sender = {
        "id": STAFF_ID if staff else 100_000 + chat,
        "is_bot": False,
        "first_name": "Анна" if staff else "Клиент",
    }
    message: Json = {
        "message_id": number,
        "date": int(time.time()),
        "chat": where,
        "from": sender,
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return {"update_id": number, "message": message}


_numbers = iter(range(10_000_000, 99_000_000))


def updates(count: int) -> list[Json]:
    return [
        update(next(_numbers), "Когда будет готов акт сверки?", chat=n % len(CHATS)) for n in range(count)
    ]


def near_rows(servers: Servers, scale: float) -> list[Row]:
    rows = []
    with product(servers, "near") as stack:
        say("Measuring the webhook ...")
        bare = get_all(stack.web_port, "/health/live", int(3000 * scale), connections=100)
        burst = post_all(
            stack.web_port, updates(int(3000 * scale)), secret=stack.webhook_secret, connections=100
        )
        rows.append(
            Row(
                "PERF-01",
                "webhook, 100 connections: p50 / p95 / p99",
                "p95 ≤ 100 ms, p99 ≤ 200 ms",
                _spread(burst),
            )
        )
        rows.append(Row("", "yardstick: a bare view of the same server", "", _spread(bare)))
        _drain(stack)
        rows.append(_sustained(stack, scale))
        rows.append(Row("", "yardstick: INSERT … COMMIT on one connection", "", _inserts(stack)))
        rows.append(
            _processing(stack, "PERF-04", "a burst of 2,000 updates over 100 chats", int(2000 * scale))
        )
        rows.append(_reply(stack, "PERF-03", "update → reply at the Bot API, idle", "p95 ≤ 500 ms", scale))
    return rows


def far_rows(servers: Servers, scale: float) -> list[Row]:
    port = free_port()
    with ExitStack() as exits:
        proxy = _delay_proxy(exits, servers.postgres.port, port)
        say(f"Measuring with 40 ms to the database (proxy {proxy}) ...")
        stack = exits.enter_context(product(servers, "far", through_port=port))
        get_all(stack.web_port, "/health/live", 50, connections=8)
        posts = post_all(
            stack.web_port, updates(int(400 * scale)), secret=stack.webhook_secret, connections=4
        )
        rows = [Row("PERF-14", "40 ms to Postgres: webhook, 4 connections", "p95 ≤ 300 ms", _spread(posts))]
        rows.append(_draining(stack))
        _drain(stack)
        rows.append(_reply(stack, "PERF-14", "40 ms to Postgres: update → reply", "p95 ≤ 1500 ms", scale))
    return rows


def _delay_proxy(exits: ExitStack, target: int, listen: int) -> int:
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.bench.delay", "--listen", str(listen), "--target", str(target)],
        cwd=ROOT,
    )
    exits.callback(child.wait)
    exits.callback(child.terminate)
    time.sleep(1)
    return child.pid


def _sustained(stack: Stack, scale: float) -> Row:
    seconds, total, worst = 30 * scale, 0, Figures()
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        part = post_all(stack.web_port, updates(500), secret=stack.webhook_secret, connections=40)
        total += len(part.times_ms) - part.refused
        worst.statuses = {s: worst.statuses.get(s, 0) + n for s, n in part.statuses.items()}
    rate = total / (time.perf_counter() - started)
    return Row(
        "PERF-02",
        f"webhook sustained, {seconds:.0f} s, bot running",
        "≥ 400/s, no error",
        f"{rate:.0f}/s, {worst.refused} errors",
    )


def _pending(stack: Stack) -> int:
    with psycopg.connect(stack.database_url) as database:
        row = database.execute(
            "SELECT count(*) FROM buhbot.bot_inboundupdate WHERE state = 'pending'"
        ).fetchone()
    return int(row[0]) if row else 0


def _drain(stack: Stack) -> float:
    started = time.perf_counter()
    while _pending(stack):
        time.sleep(0.2)
    return time.perf_counter() - started


def _processing(stack: Stack, rule: str, what: str, count: int) -> Row:
    _drain(stack)
    started = time.perf_counter()
    post_all(stack.web_port, updates(count), secret=stack.webhook_secret, connections=40)
    _drain(stack)
    return Row(
        rule, what, "≥ 100/s with one bot", f"{count / (time.perf_counter() - started):.0f}/s end to end"
    )


def _draining(stack: Stack) -> Row:
    """How many updates of different chats a second leave the inbox."""
    _drain(stack)
    post_all(stack.web_port, updates(100), secret=stack.webhook_secret, connections=4)
    before, started = _pending(stack), time.perf_counter()
    _drain(stack)
    rate = before / max(time.perf_counter() - started, 0.001)
    return Row("PERF-14", "40 ms to Postgres: one bot drains", "≥ 5/s", f"{rate:.0f}/s")


def _reply(stack: Stack, rule: str, what: str, target: str, scale: float) -> Row:
    """From the posted update to the call that the Bot API gets."""
    figures = Figures()
    with stack.simulator() as telegram:
        telegram.post("limits", enabled=False)
        for _ in range(max(5, int(40 * scale))):
            seen = max((call["seq"] for call in telegram.calls()), default=0)
            started = time.time()
            post_all(
                stack.web_port,
                [update(next(_numbers), "/whoami", staff=True)],
                secret=stack.webhook_secret,
                connections=1,
            )
            call = _next_call(telegram, seen)
            figures.times_ms.append((call["time"] - started) * 1000)
            time.sleep(2.1)  # no more than 30 commands of a person in a minute are answered (BOT-06)
        telegram.post("limits", enabled=True)
    return Row(rule, what, target, _spread(figures))


def _next_call(telegram: Any, seen: int) -> Json:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for call in telegram.calls("sendMessage", chat=STAFF_ID, since=seen):
            found: Json = call
            return found
        time.sleep(0.005)
    raise TimeoutError("no reply reached the Bot API in 20 s")


def _inserts(stack: Stack) -> str:
    with psycopg.connect(stack.database_url, autocommit=True) as database:
        database.execute("CREATE TABLE IF NOT EXISTS public.yardstick (n int)")
        started = time.perf_counter()
        for n in range(500):
            database.execute("INSERT INTO public.yardstick VALUES (%s)", [n])
        return f"{500 / (time.perf_counter() - started):.0f}/s"


def _spread(figures: Figures) -> str:
    rate = f", {figures.per_second:.0f}/s" if figures.seconds else ""
    low, high, top = figures.median, figures.percentile(95), figures.percentile(99)
    errors = f", {figures.refused} errors" if figures.refused else ""
    return f"{low:.0f} / {high:.0f} / {top:.0f} ms{rate}{errors}"
