"""The way of updates: webhook, inbox, processing, reply; near the database and far away (PERF-01 to 04, PERF-14)."""

import json
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import Any

import httpx
import psycopg

from simulator.servers import free_port
from simulator.stack import ROOT, Stack
from tests.bench import queries
from tests.bench.load import Figures, get_all, post_all
from tests.bench.memory import megabytes, told, watched
from tests.bench.page import Row
from tests.bench.product import CHATS, PASSWORD, STAFF_ID, Servers, product, say

Json = dict[str, Any]
BURST, RUNS = 5000, 3
PIECES = ("steps", "people", "now", "charts", "hours")  # settings.HOME_PIECES
MANAGER = "manager@demo.local"
DISCARD = """
    DELETE FROM buhbot.bot_inboundupdate WHERE id IN (
        SELECT id FROM buhbot.bot_inboundupdate WHERE state = 'pending' FOR UPDATE SKIP LOCKED
    )
"""


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
    with product(servers, "near", BOT_METRICS_PORT=str(free_port())) as stack:
        say("Measuring the webhook ...")
        get_all(stack.web_port, "/admin/login/", 20, connections=4)
        idle = megabytes(stack)
        rows = burst_rows(stack, int(BURST * scale))
        rows += _sustained(stack, scale)
        rows.append(Row("", "yardstick: INSERT … COMMIT on one connection", "", _inserts(stack)))
        rows.append(Row("PERF-08", "memory (PSS), idle", "≤ 600 MB, goal 400", told(idle)))
        _discard(stack)
        rows.append(reply_row(stack, "PERF-03", "update → reply at the Bot API, idle", "p95 ≤ 500 ms", scale))
    return rows


def crowd_rows(servers: Servers, scale: float) -> list[Row]:
    """The same burst for one, two and four bots, and again for one."""
    rows = []
    with product(servers, "crowd") as stack:
        for count in (1, 2, 4):
            for number in range(2, count + 1):
                if f"bot-{number}" not in stack.running:
                    stack.start(f"bot-{number}")
            time.sleep(5)  # until they are there
            say(f"Measuring a burst with {count} bots ...")
            rates = sorted(_processed(stack, int(2000 * scale)) for _ in range(3 if scale >= 1 else 1))
            what = f"a burst of 2,000 updates over 100 chats, bots: {count}"
            target = "≥ 100/s" if count == 1 else "grows"
            rows.append(
                Row(
                    "PERF-04",
                    what,
                    target,
                    f"{rates[len(rates) // 2]:.0f}/s ({rates[0]:.0f} to {rates[-1]:.0f}/s)",
                )
            )
    return rows


def burst_rows(stack: Stack, count: int) -> list[Row]:
    """A hundred connections at once: the middle one of three runs, beside a bare view (PERF-01)."""
    bare = [get_all(stack.web_port, "/health/live", count, connections=100) for _ in range(RUNS)]
    busy = [_burst(stack, count) for _ in range(RUNS)]
    for name in ("bot", "worker"):
        stack.running[name].send_signal(signal.SIGSTOP)
    alone = [_burst(stack, count) for _ in range(RUNS)]
    for name in ("bot", "worker"):
        stack.running[name].send_signal(signal.SIGCONT)
    _discard(stack)
    target = "p95 ≤ 100 ms, p99 ≤ 200 ms"
    return [
        Row("PERF-01", "webhook, 100 connections that never pause: p50 / p95 / p99", target, _middle(busy)),
        Row("PERF-01", "the same while no bot processes", target, _middle(alone)),
        Row("", "yardstick: a bare view of the same server", "", _middle(bare)),
    ]


def _burst(stack: Stack, count: int) -> Figures:
    return post_all(stack.web_port, updates(count), secret=stack.webhook_secret, connections=100)


def _middle(runs: list[Figures]) -> str:
    ranked = sorted(runs, key=lambda figures: figures.percentile(95))
    lowest, highest = ranked[0].percentile(95), ranked[-1].percentile(95)
    return f"{_spread(ranked[len(ranked) // 2])}; p95 of {len(runs)} runs {lowest:.0f} to {highest:.0f} ms"


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
        rows.append(reply_row(stack, "PERF-14", "40 ms to Postgres: update → reply", "p95 ≤ 1500 ms", scale))
        rows += _home_rows(stack, scale)
    return rows


def _home_rows(stack: Stack, scale: float) -> list[Row]:
    """Home as a manager opens it: the page, and the slowest of its pieces, which come after it."""
    with httpx.Client(base_url=stack.web_url, follow_redirects=True, trust_env=False, timeout=30) as browser:
        _sign_in(browser)
        pages = {"": Figures()} | {piece: Figures() for piece in PIECES}
        for _ in range(max(3, int(20 * scale))):
            for piece, figures in pages.items():
                started = time.perf_counter()
                answer = browser.get(f"/admin/home/{piece}/" if piece else "/admin/")
                figures.times_ms.append((time.perf_counter() - started) * 1000)
                assert answer.status_code == 200, (piece, answer.status_code)
                assert "/login/" not in str(answer.url), piece
    home = pages.pop("")
    slowest = max(pages, key=lambda piece: pages[piece].median)
    return [
        Row("PERF-14", "40 ms to Postgres: Home", "≤ 1000 ms", _spread(home)),
        Row(
            "PERF-14",
            f"40 ms to Postgres: the slowest piece of Home ({slowest})",
            "≤ 1000 ms",
            _spread(pages[slowest]),
        ),
    ]


def _sign_in(browser: httpx.Client) -> None:
    browser.get("/admin/login/")
    form = {"username": MANAGER, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    browser.post("/admin/login/?next=/admin/", data=form)


def _delay_proxy(exits: ExitStack, target: int, listen: int) -> int:
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tests.bench.delay", "--listen", str(listen), "--target", str(target)],
        cwd=ROOT,
    )
    exits.callback(child.wait)
    exits.callback(child.terminate)
    time.sleep(1)
    return child.pid


def _sustained(stack: Stack, scale: float) -> list[Row]:
    """What comes in for half a minute, and what it takes: memory, and the time of queries and of Redis."""
    seconds, total, refused = 30 * scale, 0, 0
    before = queries.counted(stack)
    asked = _ask_redis(stack, seconds)
    started = time.perf_counter()
    with watched(stack) as looks:
        while time.perf_counter() - started < seconds:
            part = post_all(stack.web_port, updates(500), secret=stack.webhook_secret, connections=40)
            total += len(part.times_ms) - part.refused
            refused += part.refused
        rate = total / (time.perf_counter() - started)
    found = queries.since(before, queries.counted(stack))
    p50, p95 = queries.percentile(found, 50), queries.percentile(found, 95)
    redis_ms = Figures(json.loads(asked.communicate()[0]))
    what = f"webhook sustained, {seconds:.0f} s, bot running"
    return [
        Row("PERF-02", what, "≥ 400/s, no error", f"{rate:.0f}/s, {refused} errors"),
        Row(
            "PERF-07",
            "queries of web and bot meanwhile: p95 / p50",
            "≤ 100 / 50 ms",
            f"{p95:.1f} / {p50:.1f} ms of {max(found.values()):,}",
        ),
        Row(
            "PERF-07",
            "a call of Redis meanwhile: p95 / p50",
            "p95 ≤ 10 ms",
            f"{redis_ms.percentile(95):.1f} / {redis_ms.median:.1f} ms",
        ),
        Row(
            "PERF-08",
            "memory (PSS) meanwhile, the most",
            "≤ 800 MB, goal 600",
            told(max(looks, key=lambda look: sum(look.values()))),
        ),
    ]


def _ask_redis(stack: Stack, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.queries", stack.redis_url, str(seconds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603


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


def _discard(stack: Stack) -> None:
    """Throw away what waits, where it is of no interest how long it takes."""
    with psycopg.connect(stack.database_url) as database:
        database.execute(DISCARD)
    _drain(stack)


def _processed(stack: Stack, count: int) -> float:
    """How many updates a second are posted and processed, the last one included."""
    _drain(stack)
    started = time.perf_counter()
    post_all(stack.web_port, updates(count), secret=stack.webhook_secret, connections=40)
    _drain(stack)
    return count / (time.perf_counter() - started)


def _draining(stack: Stack) -> Row:
    """How many updates of different chats a second leave the inbox."""
    _drain(stack)
    post_all(stack.web_port, updates(100), secret=stack.webhook_secret, connections=4)
    before, started = _pending(stack), time.perf_counter()
    _drain(stack)
    rate = before / max(time.perf_counter() - started, 0.001)
    return Row("PERF-14", "40 ms to Postgres: one bot drains", "≥ 5/s", f"{rate:.0f}/s")


def reply_row(stack: Stack, rule: str, what: str, target: str, scale: float) -> Row:
    return Row(rule, what, target, _spread(reply_times(stack, scale)))


def reply_times(stack: Stack, scale: float) -> Figures:
    """From the posted update to the call that the Bot API gets, on a system that has nothing else to do."""
    _discard(stack)
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
    return figures


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
