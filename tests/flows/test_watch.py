"""Switching the watch over a chat off while a message of it is taken in (TIM-05)."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from bot.consumer import process_pending
from sla.models import Request
from sla.services.monitoring import stop_monitoring
from tests.flows import telegram
from tests.flows.world import CLIENT_ID, build

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


@pytest.mark.usefixtures("committed")
def test_tim_05_a_question_taken_in_while_the_watch_ends_leaves_nothing_open() -> None:
    world = build()
    group, client = telegram.group(world.chat.telegram_id), telegram.person(CLIENT_ID)
    world.post(telegram.update(message=telegram.message(group, client, TEN, "Когда будет акт?")))
    with transaction.atomic():
        process_pending()  # not committed yet when the watch ends
        ending = threading.Thread(target=_end_watch, args=[world.chat, world.manager])
        ending.start()
        ending.join(0.5)
        assert ending.is_alive()  # it waits for us
    ending.join(10)
    assert Request.objects.get().close_reason == "unmonitored"


def _end_watch(chat: object, manager: object) -> None:
    stop_monitoring(chat, actor=manager, now=TEN)  # type: ignore[arg-type]
    connection.close()
