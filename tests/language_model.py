"""A stand-in for a language model on loopback: it answers well, slowly, wrongly or not at all (CLS-05)."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.core.cache import cache

from sla import llm

Json = dict[str, Any]


def saying(content: Any) -> bytes:
    """The body of an answer in OpenAI's shape."""
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()


def labelled(label: str, confidence: float = 0.9) -> bytes:
    return saying(json.dumps({"label": label, "confidence": confidence}))


class LanguageModel(ThreadingHTTPServer):
    """Keeps what it was asked. It does `before()`, then answers `body` with `status`, `drip` seconds between bytes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self.asked: list[Json] = []
        self.keys: list[str] = []
        self.status, self.body, self.drip = 200, labelled("REQUEST"), 0.0
        self.before: Callable[[], object] = lambda: None

    def says(self, label: str, confidence: float = 0.9) -> None:
        self.body = labelled(label, confidence)

    def texts(self) -> list[str]:
        """What the messages to it held beside the instructions."""
        return [asked["messages"][1]["content"] for asked in self.asked]


class Handler(BaseHTTPRequestHandler):
    server: LanguageModel

    def do_POST(self) -> None:
        model = self.server
        model.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        model.keys.append(self.headers["Authorization"])
        model.before()
        with suppress(OSError):  # nobody waits any more
            self._answer(model)

    def _answer(self, model: LanguageModel) -> None:
        head = f"HTTP/1.1 {model.status} X\r\nContent-Length: {len(model.body)}\r\nConnection: close\r\n\r\n"
        whole = head.encode() + model.body
        pieces = [whole[at : at + 1] for at in range(len(whole))] if model.drip else [whole]
        for piece in pieces:
            self.wfile.write(piece)
            time.sleep(model.drip)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def language_model() -> Iterator[LanguageModel]:
    """Serve while the block runs."""
    model = LanguageModel()
    thread = threading.Thread(target=model.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.shutdown()
        model.server_close()


@contextmanager
def asked_for(settings: Any) -> Iterator[LanguageModel]:
    """Serve a language model that the settings name, with nothing known of it in Redis."""
    cache.clear()
    llm.guard.forget()
    with language_model() as model:
        settings.LLM_BASE_URL, settings.LLM_API_KEY, settings.LLM_MODEL = model.url, "secret", "llm-test"
        yield model
    llm.guard.forget()
