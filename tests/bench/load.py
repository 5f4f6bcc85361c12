"""A load of webhook posts: many connections that stay open, and how long each answer took."""

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

Json = dict[str, Any]


@dataclass
class Figures:
    """Answer times in milliseconds, statuses, and how long the whole took in seconds."""

    times_ms: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0

    def percentile(self, percent: float) -> float:
        """Nearest rank, in milliseconds."""
        ranked = sorted(self.times_ms)
        return ranked[min(len(ranked) - 1, max(0, round(percent / 100 * len(ranked) + 0.5) - 1))]

    @property
    def median(self) -> float:
        return median(self.times_ms)

    @property
    def per_second(self) -> float:
        return len(self.times_ms) / self.seconds

    @property
    def refused(self) -> int:
        return sum(count for status, count in self.statuses.items() if status != 200)


def post_all(port: int, updates: Iterable[Json], *, secret: str, connections: int) -> Figures:
    """Post every update to the webhook, as fast as so many connections allow."""
    bodies = [
        _request("POST", "/webhook/telegram", port, json.dumps(update).encode(), secret) for update in updates
    ]
    return asyncio.run(_run(port, bodies, connections))


def get_all(port: int, path: str, count: int, *, connections: int) -> Figures:
    """Get a page so many times."""
    return asyncio.run(_run(port, [_request("GET", path, port, b"", "")] * count, connections))


def _request(method: str, path: str, port: int, body: bytes, secret: str) -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _run(port: int, requests: list[bytes], connections: int) -> Figures:
    figures, waiting = Figures(), iter(requests)
    started = time.perf_counter()
    await asyncio.gather(*(_connection(port, waiting, figures) for _ in range(connections)))
    figures.seconds = time.perf_counter() - started
    return figures


async def _connection(port: int, waiting: Iterable[bytes], figures: Figures) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in waiting:
        if writer.is_closing():
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        started = time.perf_counter()
        writer.write(request)
        status, closes = await _answer(reader)
        figures.times_ms.append((time.perf_counter() - started) * 1000)
        figures.statuses[status] = figures.statuses.get(status, 0) + 1
        if closes:
            writer.close()
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = next((line for line in head.split("\r\n") if line.startswith("content-length:")), "0:0")
    await reader.readexactly(int(length.partition(":")[2]))
    return int(head.split()[1]), "connection: close" in head
