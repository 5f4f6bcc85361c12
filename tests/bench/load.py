"""A load of webhook posts: many connections that stay open, and how long each answer took."""

import asyncio
import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

Json = dict[str, Any]
HOST = "127.0.0.1"
LENGTH = re.compile(rb"(?i)content-length: *(\d+)")


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
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    poster = partial(_Poster, port, waiting, figures)
    posters = [(await loop.create_connection(poster, HOST, port))[1] for _ in range(connections)]
    await asyncio.gather(*(each.ended for each in posters))
    figures.seconds = time.perf_counter() - started
    return figures


class _Poster(asyncio.Protocol):
    """One connection, without a stream or a task, as what the generator takes is lost to the product."""

    def __init__(self, port: int, waiting: Iterator[bytes], figures: Figures) -> None:
        self.port, self.waiting, self.figures = port, waiting, figures
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.request: bytes | None = None
        self.answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._post(self.request or next(self.waiting, None))

    def _post(self, request: bytes | None) -> None:
        self.request, self.answer = request, b""
        if request is None:
            self.transport.close()
        else:
            self.started = time.perf_counter()
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.answer += data
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        status = int(head.split(None, 2)[1])
        self.figures.times_ms.append((time.perf_counter() - self.started) * 1000)
        self.figures.statuses[status] = self.figures.statuses.get(status, 0) + 1
        self._post(next(self.waiting, None))

    def connection_lost(self, error: Exception | None) -> None:
        """Go on over a new connection with what the server did not answer before it closed this one."""
        if self.request is None:
            self.ended.set_result(None)
        else:
            self.again = asyncio.ensure_future(self._connect())

    async def _connect(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: self, HOST, self.port)
        except OSError as error:
            self.ended.set_exception(error)


def _length(head: bytes) -> int:
    found = LENGTH.search(head)
    return int(found[1]) if found else 0
