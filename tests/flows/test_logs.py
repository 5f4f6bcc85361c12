"""What clients write is in no line of the log, on the whole way of an update (SEC-09, MON-06)."""

import logging
from datetime import UTC, datetime

import pytest
import structlog
import time_machine

from tests.flows.world import World, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
WORD, CAPTION, NAME = "аквамарин", "бергамот", "виолончель.pdf"


def test_sec_09_what_clients_write_is_in_no_line_of_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    document = {"file_id": "d1", "file_unique_id": "ud1", "file_name": NAME, "file_size": 100}
    with caplog.at_level(logging.INFO), structlog.testing.capture_logs() as lines:
        with time_machine.travel(TEN, tick=False):
            asked = world.client_says(f"Где {WORD}?", TEN)
            world.edits(asked, f"Где же {WORD}?", TEN + minutes(1))
            world.client_says("", TEN + minutes(2), document=document, caption=CAPTION)
        world.passes(TEN + minutes(70))
        world.says(world.accountant, f"Вот {WORD}", TEN + minutes(80))
    assert any(WORD in text for text in world.alerts_to(world.accountant))
    assert [line for line in lines if line["event"] == "update"]
    for word in (WORD, CAPTION, NAME):
        assert word not in str(lines) + caplog.text
