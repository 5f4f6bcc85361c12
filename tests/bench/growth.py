"""What ten and a hundred times the chats and history cost (PERF-09): the webhook, a reply, an alert, at each size."""

from statistics import median

from simulator.stack import ROOT, Stack
from tests.bench.alerts import fall_due, make_firm
from tests.bench.chart import Line, drawn
from tests.bench.history import write_history
from tests.bench.load import Figures, post_all
from tests.bench.page import Row
from tests.bench.product import Servers, product, say
from tests.bench.webhook import reply_times, updates

CHATS, MESSAGES = 20, 2_000  # once; the chats that the load comes from are a hundred more
FACTORS = (1, 10, 100)
RUNS = 3
CHART = ROOT / "docs" / "img" / "growth.svg"
WEBHOOK, REPLY, ALERT = "webhook", "reply", "alert"
Measured = dict[str, list[float]]  # milliseconds of each run or sample


def growth_rows(servers: Servers, scale: float) -> list[Row]:
    found = {factor: _measured(servers, factor, scale) for factor in FACTORS}
    if scale >= 1:
        CHART.write_text(_chart(found), encoding="utf-8")
    return [row for factor in FACTORS for row in _rows(factor, found[factor], found[1], scale)]


def _measured(servers: Servers, factor: int, scale: float) -> Measured:
    with product(servers, f"growth_{factor}") as stack:
        say(f"Measuring with {_size(factor, scale)} ...")
        write_history(stack.database_url, chats=CHATS * factor, messages=int(MESSAGES * factor * scale))
        return {
            WEBHOOK: [_burst(stack, int(2000 * scale)).percentile(95) for _ in range(RUNS)],
            REPLY: reply_times(stack, 0.4 * scale).times_ms,
            ALERT: _alerts(stack, max(2, int(6 * scale))),
        }


def _burst(stack: Stack, count: int) -> Figures:
    figures = post_all(stack.web_port, updates(count), secret=stack.webhook_secret, connections=100)
    assert figures.refused == 0, figures.statuses
    return figures


def _alerts(stack: Stack, count: int) -> list[float]:
    with stack.simulator() as telegram:
        make_firm(stack, telegram, 1)
    return [sent * 1000 for number in range(count) for _queued, sent in fall_due(stack, number + 1)]


def _size(factor: int, scale: float) -> str:
    return f"{factor}×: {CHATS * factor:,} chats, {int(MESSAGES * factor * scale):,} messages"


def _rows(factor: int, found: Measured, first: Measured, scale: float) -> list[Row]:
    names = {WEBHOOK: "webhook, 100 connections, p95", REPLY: "update → reply", ALERT: "due → alert, one due"}
    return [
        Row(
            "PERF-09",
            f"{_size(factor, scale)}: {names[what]}",
            "as at 1×, within noise",
            _told(found[what], first[what]),
        )
        for what in names
    ]


def _told(times: list[float], first: list[float]) -> str:
    share = median(times) / median(first)
    return f"{median(times):.0f} ms ({min(times):.0f} to {max(times):.0f} ms), {share:.2f} of that at 1×"


def _chart(found: dict[int, Measured]) -> str:
    """Draw each measure's median as a share of its own at the smallest size: a level line is no growth."""
    lines = [
        Line(what, [median(found[factor][what]) / median(found[1][what]) for factor in FACTORS])
        for what in (WEBHOOK, REPLY, ALERT)
    ]
    return drawn(
        [f"{factor}×" for factor in FACTORS],
        lines,
        title="PERF-09: time at 1×, 10×, 100× the data; 1 = at 1×",
    )
