"""`make bench`: measure the product on this machine and write docs/benchmarks.md.

Real processes, a durable Postgres and a Redis of their own, the simulator with its limits on. Each figure stands
beside a yardstick of the same run, as machines differ and are noisy.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from buhbot.worktime import WorkCalendar
from simulator.servers import Postgres, Redis, free_port
from simulator.stack import ROOT, Stack
from tests.bench import classify
from tests.bench.load import Figures, get_all, post_all

PAGE = ROOT / "docs" / "benchmarks.md"
TOKEN = "7000000001:a-token-for-measurements-only-00000"  # noqa: S105 (the simulator's)
STAFF_ID, CHATS = 9003, range(100)
Json = dict[str, Any]
Url = Callable[[str], str]


@dataclass(frozen=True)
class Row:
    """One line of the page."""

    rule: str
    what: str
    target: str
    result: str


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the product here and write docs/benchmarks.md.")
    parser.add_argument("--quick", action="store_true", help="short runs, nothing is written")
    parser.add_argument("--data", action="store_true", help="figures and timers only, nothing is written")
    options = parser.parse_args()
    scale = 0.1 if options.quick else 1.0
    rows = [*worktime_rows(), *(Row(*line) for line in classify.lines())]
    with ExitStack() as stack:
        servers = _servers(stack)
        if not options.data:
            rows += near_rows(servers, scale)
            rows += far_rows(servers, scale)
        rows += data_rows(servers)
    for row in rows:
        say(f"{row.rule:8} {row.what:60} {row.target:28} {row.result}")
    if not (options.quick or options.data):
        PAGE.write_text(page(rows), encoding="utf-8")
        say(f"Written to {PAGE.relative_to(ROOT)}.")
    return 0


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (this is its user interface)


@dataclass
class Servers:
    postgres: Postgres
    redis: Redis
    folder: Path


def _servers(stack: ExitStack) -> Servers:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="buhbot-bench-")))
    folder.chmod(0o755)
    say("Starting Postgres and Redis ...")
    postgres = stack.enter_context(Postgres(folder / "postgres"))
    return Servers(postgres, stack.enter_context(Redis(folder / "redis")), folder)


def _stack(servers: Servers, name: str) -> Stack:
    """Make a database and migrate it."""
    with psycopg.connect(servers.postgres.url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    near = f"postgres://postgres@127.0.0.1:{servers.postgres.port}/{name}"
    stack = Stack(near, servers.redis.url, servers.folder / name, TOKEN, "bench-secret", "k" * 50)
    stack.manage("migrate", "--verbosity", "0")
    return stack


@contextmanager
def product(servers: Servers, name: str, *, through_port: int | None = None) -> Iterator[Stack]:
    """Run the product on a database of its own; `through_port`: reach Postgres through a slow way."""
    stack = _stack(servers, name)
    near = stack.database_url
    stack.manage("demo", str(ROOT / "simulator" / "firm.json"), "--password", "long-enough-for-bench")
    if through_port is not None:
        stack.database_url = near.replace(str(servers.postgres.port), str(through_port))
    with stack:
        stack.start("simulator")
        stack.wait_for(f"{stack.telegram_url}/sim/bot")
        with stack.simulator() as telegram:
            telegram.person("Анна", id=STAFF_ID, side="staff", started=True)
        stack.start_all()
        _monitor_chats(near)
        yield stack


def _monitor_chats(url: str) -> None:
    with psycopg.connect(url) as database:
        database.execute(
            "INSERT INTO buhbot.buhbot_chat (telegram_id, kind, title, username, client_name, life_cycle,"
            " is_monitored, is_team, tier_id, registered_at, unreachable_reason)"
            " SELECT -1009000000000 - n, 'supergroup', 'Клиент ' || n, '', '', 'active', true, false, 3, now(), ''"
            " FROM generate_series(0, %s) AS n",
            [len(CHATS) - 1],
        )


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


def data_rows(servers: Servers) -> list[Row]:
    say("Measuring figures and timers on much data ...")
    stack = _stack(servers, "data")
    environment = stack.environment(DJANGO_SETTINGS_MODULE="config.settings")
    command = [sys.executable, "-m", "tests.bench.figures"]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return [Row(*line) for line in json.loads(done.stdout)]


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
            time.sleep(1.1)
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


def worktime_rows() -> list[Row]:
    week = {day: [("09:00", "13:00"), ("14:00", "18:00")] for day in range(1, 6)}
    calendar = WorkCalendar("Europe/Moscow", week)
    start = datetime(2026, 1, 12, 7, 30, tzinfo=UTC)
    year = _microseconds(lambda: calendar.elapsed(start, start + timedelta(days=365)))
    day = _microseconds(lambda: calendar.elapsed(start, start + timedelta(days=1)))
    due = _microseconds(lambda: calendar.deadline(start, timedelta(hours=1)))
    return [
        Row("WT-07", "working time of a year, median", "≤ 200 µs", f"{year:.1f} µs"),
        Row("WT-07", "working time of a day, median", "≤ 20 µs", f"{day:.1f} µs"),
        Row("", "a deadline an hour ahead, median", "", f"{due:.1f} µs"),
    ]


def _microseconds(call: Callable[[], object]) -> float:
    samples = []
    for _ in range(2000):
        started = time.perf_counter_ns()
        call()
        samples.append((time.perf_counter_ns() - started) / 1000)
    return median(samples)


def page(rows: list[Row]) -> str:
    lines = [
        "# Benchmarks",
        "",
        f"Measured by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {machine()}.",
        "Postgres with `fsync` on, Redis, the product, the simulator and the load generator share the machine.",
        "",
        "| rule | what | target | measured |",
        "|---|---|---|---|",
        *(f"| {row.rule} | {row.what} | {row.target} | {row.result} |" for row in rows),
        "",
    ]
    return "\n".join(lines)


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return (
        f"{os.cpu_count()} cores, {memory} GB, {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}"
    )


if __name__ == "__main__":
    sys.exit(main())
