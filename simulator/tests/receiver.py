"""A webhook of the tests: keeps what arrives and answers as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """`statuses` are answered one after the other, then 200; `delay` makes each answer slow."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    body: bytes = b""
    delay: float = 0
    updates: list[dict[str, Any]] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    now: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, count: int, seconds: float = 10) -> list[dict[str, Any]]:
        deadline = time.monotonic() + seconds
        while len(self.updates) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.updates) >= count, f"only {len(self.updates)} of {count} updates came"
        return self.updates


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            update = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with receiver.lock:
                receiver.now += 1
                receiver.most = max(receiver.most, receiver.now)
                receiver.tried.append(update["update_id"])
                receiver.secrets.append(self.headers["X-Telegram-Bot-Api-Secret-Token"])
                status = receiver.statuses.pop(0) if receiver.statuses else 200
            time.sleep(receiver.delay)
            with receiver.lock:
                receiver.now -= 1
                if status == 200:
                    receiver.updates.append(update)
            self.send_response(status)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler


@contextmanager
def open_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
