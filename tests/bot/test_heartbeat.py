"""The heartbeat is heard while all is well, and withheld otherwise (MON-07)."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import structlog

from bot.heartbeat import beat
from bot.models import SenderLease
from bot.tasks import send_heartbeat
from sla.models import Tick
from tests.buhbot.test_health import no_redis as no_redis


class Outside:
    """A service that is called."""

    calls = 0
    status = 200


@pytest.fixture
def outside(settings: Any) -> Iterator[Outside]:
    heard = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 (the library's name)
            heard.calls += 1
            self.send_response(heard.status)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/secret"
        yield heard
        server.shutdown()


@pytest.fixture
def well(db: None) -> datetime:
    now = datetime.now(UTC)
    Tick.objects.create(ran_at=now)
    SenderLease.objects.create(holder="bot", expires_at=now + timedelta(minutes=1))
    return now


def test_mon_07_all_well_is_told_outside(outside: Outside, well: datetime) -> None:
    send_heartbeat()
    assert outside.calls == 1


def test_mon_07_with_a_silent_tick_it_is_withheld(outside: Outside, well: datetime) -> None:
    Tick.objects.update(ran_at=well - timedelta(minutes=5))
    assert beat(well) == ["tick"]
    assert outside.calls == 0


def test_mon_07_without_redis_it_is_withheld(outside: Outside, well: datetime, no_redis: None) -> None:
    assert beat(well) == ["redis"]
    assert outside.calls == 0


def test_mon_07_without_a_bot_it_is_withheld(outside: Outside, well: datetime) -> None:
    assert beat(well + timedelta(minutes=5)) == ["bot"]
    assert outside.calls == 0


def test_mon_07_a_call_that_fails_is_said_without_the_address(
    outside: Outside, well: datetime, settings: Any
) -> None:
    outside.status = 500
    assert beat(well) == ["call: 500"]
    settings.HEARTBEAT_URL = "http://127.0.0.1:9/secret"
    assert beat(well) == ["call: ConnectError"]


def test_mon_07_without_an_address_nobody_is_called(well: datetime, settings: Any) -> None:
    settings.HEARTBEAT_URL = ""
    assert beat(well) == []


def test_mon_06_a_line_of_a_task_says_which_one(
    outside: Outside, well: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    outside.status = 500
    send_heartbeat.apply(task_id="task-7")
    line: Any
    (line,) = [record.msg for record in caplog.records if record.name == "bot.heartbeat"]
    assert (line["task_id"], line["task"]) == ("task-7", "bot.tasks.send_heartbeat")
    assert "task_id" not in structlog.contextvars.get_contextvars()
