"""Switching the watch over a chat off while a message of it is taken in (TIM-05)."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from bot.consumer import process_pending
from sla.models import Request
from sla.services import resolve
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


@pytest.mark.usefixtures("committed")
def test_tim_05_an_edit_taken_in_after_the_watch_ended_opens_nothing() -> None:
    world = build()
    thanks = world.client_says("спасибо", TEN)
    edit = thanks | {"text": "спасибо, а где акт?", "edit_date": thanks["date"] + 60}
    world.post(telegram.update(edited_message=edit))
    with transaction.atomic():
        stop_monitoring(world.chat, actor=world.manager, now=TEN)  # not committed yet when the edit comes
        taking = threading.Thread(target=_take_in)
        taking.start()
        taking.join(0.5)
        assert taking.is_alive()  # it waits for us
    taking.join(10)
    assert not Request.objects.exists()


@pytest.mark.usefixtures("committed")
def test_tim_05_a_request_resolved_while_the_watch_ends_stays_resolved() -> None:
    world = build()
    world.client_says("Когда будет акт?", TEN)
    with transaction.atomic():
        resolve(world.request().pk, actor=world.manager, now=TEN)  # not committed yet when the watch ends
        ending = threading.Thread(target=_end_watch, args=[world.chat, world.manager])
        ending.start()
        ending.join(0.5)
        assert ending.is_alive()  # it waits for us
    ending.join(10)
    assert Request.objects.get().state == "resolved"


def _take_in() -> None:
    process_pending()
    connection.close()


def _end_watch(chat: object, manager: object) -> None:
    stop_monitoring(chat, actor=manager, now=TEN)  # type: ignore[arg-type]
    connection.close()
