"""BOT-03, BOT-04: order within a chat, one transaction an update, three tries, parking, and processing again."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
import structlog
from django.db import connections, transaction

from bot.consumer import Consumer, process_pending
from bot.models import BotAccount, InboundUpdate, OutgoingMessage
from bot.receiving import ReceivedUpdate
from bot.services.inbox import claim_update, process_again, receive
from buhbot.models import Chat, Message, Role
from tests.bot.posting import Undo, in_database, post, state_of, trap
from tests.bot.rows import make_chat, make_person
from tests.updates import NAMES, load

CHATS = (-1001, -1002, -1003, -1004, -1005)
_ids = count(1000)


def message(update_id: int, chat_id: int, text: str = "Когда акт?") -> dict[str, Any]:
    sender = {"id": 501, "is_bot": False, "first_name": "Дарья"}
    chat = {"id": chat_id, "type": "supergroup", "title": "ООО «Ромашка»"}
    content = {"message_id": update_id, "date": 1790000000, "chat": chat, "from": sender, "text": text}
    return {"update_id": update_id, "message": content}


def says(chat: Chat, text: str = "Когда акт?") -> int:
    """Let a client write; returns the number of the update."""
    update_id = next(_ids)
    assert post(message(update_id, chat.telegram_id, text)).status_code == 200
    return update_id


def monitored(telegram_id: int) -> Chat:
    chat = make_chat(telegram_id)
    Chat.objects.filter(pk=chat.pk).update(is_monitored=True)
    return chat


@pytest.fixture
def chat(committed: None) -> Chat:
    return monitored(-1001)


@pytest.fixture
def other_chat(committed: None) -> Chat:
    return monitored(-1002)


@pytest.fixture
def failing(committed: None) -> Iterator[Undo]:
    """Logging «boom» fails inside the handler's transaction."""
    undo = trap("RAISE EXCEPTION 'it went wrong';")
    done: list[bool] = []

    def mend() -> None:
        if not done:
            undo()
            done.append(True)

    yield mend
    mend()


class Threads:
    """Consumers in threads of their own, as `runbot` starts them."""

    def __init__(self, number: int) -> None:
        self.stop = threading.Event()
        self.wakes = [threading.Event() for _ in range(number)]
        self.threads = [threading.Thread(target=self._run, args=(wake,)) for wake in self.wakes]
        for thread in self.threads:
            thread.start()

    def _run(self, wake: threading.Event) -> None:
        Consumer().run(self.stop, wake, lambda: None)
        connections.close_all()

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(timeout=20)
            assert not thread.is_alive()


@pytest.fixture
def start_consumers(committed: None) -> Iterator[Callable[[int], Threads]]:
    started: list[Threads] = []

    def start(number: int) -> Threads:
        started.append(Threads(number))
        return started[-1]

    yield start
    for threads in started:
        threads.end()


def wait_until_empty(seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while InboundUpdate.objects.filter(state="pending").exists():
        assert time.monotonic() < deadline, "updates are stuck"
        time.sleep(0.02)


# BOT-03


def test_bot_03_updates_of_a_chat_take_effect_in_order_on_many_threads(
    committed: None, start_consumers: Callable[[int], Threads]
) -> None:
    undo = trap("PERFORM pg_sleep(random() * 0.01);", condition="true")
    for chat_id in CHATS:
        monitored(chat_id)
    updates = [message(update_id, random.choice(CHATS)) for update_id in range(5000, 5300)]
    start_consumers(3)
    start_consumers(3)
    for update in random.sample(updates, 100) + updates:
        post(update)
    wait_until_empty()
    undo()
    for chat in Chat.objects.all():
        logged = list(chat.messages.order_by("pk").values_list("telegram_message_id", flat=True))
        expected = [u["update_id"] for u in updates if u["message"]["chat"]["id"] == chat.telegram_id]
        assert sorted(logged) == expected
    assert set(InboundUpdate.objects.values_list("state", flat=True)) == {"processed"}


def test_bot_03_in_order_although_all_threads_want_the_same_chat(
    chat: Chat, start_consumers: Callable[[int], Threads]
) -> None:
    ids = [says(chat) for _ in range(100)]
    start_consumers(4)
    wait_until_empty()
    assert list(Message.objects.order_by("pk").values_list("telegram_message_id", flat=True)) == ids


def test_bot_03_a_chat_in_hand_is_nobody_elses_and_others_go_on(chat: Chat, other_chat: Chat) -> None:
    mine, later, others = says(chat), says(chat), says(other_chat)
    with transaction.atomic():
        claim_update(after_lane=chat.telegram_id - 1, gap_ms=0)
        assert _in_thread(process_pending) == 1
        assert state_of(others)[0] == "processed"
    assert (state_of(mine)[0], state_of(later)[0]) == ("processed", "pending")


def _in_thread(work: Callable[[], Any]) -> Any:
    results: list[Any] = []

    def run() -> None:
        results.append(work())
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


def test_bot_03_lanes_take_turns(chat: Chat, other_chat: Chat) -> None:
    ids = [[says(chat), says(other_chat)] for _ in range(3)]
    process_pending()
    logged = list(Message.objects.order_by("pk").values_list("telegram_message_id", flat=True))
    assert [{*logged[i : i + 2]} for i in (0, 2, 4)] == [set(pair) for pair in ids]


def test_bot_03_an_early_update_waits_for_its_predecessor(chat: Chat) -> None:
    post(message(7002, chat.telegram_id))
    with transaction.atomic():
        assert claim_update(gap_ms=60_000) is None
    post(message(7001, chat.telegram_id))
    process_pending()
    assert list(Message.objects.order_by("pk").values_list("telegram_message_id", flat=True)) == [7001, 7002]


def test_bot_03_but_not_for_ever(chat: Chat, start_consumers: Callable[[int], Threads]) -> None:
    post(message(7002, chat.telegram_id))
    start_consumers(1)
    wait_until_empty()
    assert state_of(7002)[0] == "processed"


def test_bot_03_a_lane_is_found_among_very_many(db: None) -> None:
    InboundUpdate.objects.bulk_create(
        InboundUpdate(update_id=n, lane=-n, payload={"update_id": n}) for n in range(1, 3001)
    )
    assert process_pending() == 3000


def test_bot_03_lanes_go_to_the_ends_of_bigint(db: None) -> None:
    for update_id, lane in enumerate([2**63 - 2, -(2**63) + 2, 0], 1):
        receive(ReceivedUpdate(update_id, lane, f'{{"update_id": {update_id}}}'))
    assert process_pending() == 3


# BOT-04


def test_bot_04_a_failing_update_leaves_nothing_behind(chat: Chat, failing: Undo) -> None:
    update_id = says(chat, "boom")
    process_pending()
    chat.refresh_from_db()
    assert state_of(update_id)[0] == "failed"
    assert (Message.objects.exists(), chat.last_message_at) == (False, None)


def test_bot_04_handlers_work_in_the_callers_transaction(chat: Chat) -> None:
    says(chat)
    with transaction.atomic():
        process_pending()
        assert Message.objects.count() == 1
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert InboundUpdate.objects.get().state == "pending"


def test_bot_04_three_tries_then_parked_and_the_chat_goes_on(chat: Chat, failing: Undo) -> None:
    bad, good = says(chat, "boom"), says(chat, "Когда счёт?")
    process_pending()
    assert (state_of(bad), state_of(good)) == (("failed", 3), ("processed", 0))
    error = InboundUpdate.objects.get(update_id=bad).error
    assert "it went wrong" in error
    assert error.startswith("Traceback")


def test_bot_04_administrators_are_told_of_a_parked_update(chat: Chat, failing: Undo) -> None:
    admin = make_person(603, "Ирина", role=Role.ADMIN)
    update_id = says(chat, "boom")
    process_pending()
    notice = OutgoingMessage.objects.get(recipient=admin)
    assert str(update_id) in notice.payload["text"]
    assert "https://buhbot.test/admin/" in notice.payload["text"]


def test_bot_04_when_very_many_fail_administrators_are_not_flooded(chat: Chat, failing: Undo) -> None:
    make_person(603, "Ирина", role=Role.ADMIN)
    for _ in range(25):
        says(chat, "boom")
    process_pending()
    assert InboundUpdate.objects.filter(state="failed").count() == 25
    assert OutgoingMessage.objects.count() <= 12


def test_bot_04_processed_again_it_takes_effect(chat: Chat, failing: Undo) -> None:
    update_id = says(chat, "boom")
    process_pending()
    failing()
    assert process_again(InboundUpdate.objects.get(update_id=update_id))
    process_pending()
    assert state_of(update_id) == ("processed", 0)
    assert Message.objects.get().text == "boom"


def test_bot_04_only_a_parked_update_can_be_processed_again(chat: Chat) -> None:
    update_id = says(chat)
    process_pending()
    assert not process_again(InboundUpdate.objects.get(update_id=update_id))
    assert state_of(update_id)[0] == "processed"


@pytest.mark.parametrize(
    "content",
    [
        {"message": {"text": "no chat and no date"}},
        {"message": "text"},
        {"message": {"chat": {"id": -1, "type": "group"}, "message_id": 1, "date": 10**30}},
        {"callback_query": {"id": 1}},
        {"my_chat_member": []},
    ],
)
def test_bot_04_what_cannot_be_read_is_parked_at_once(db: None, content: dict[str, Any]) -> None:
    post({"update_id": 17, **content})
    process_pending()
    assert state_of(17) == ("failed", 1)


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_update_is_processed_known_to_us_or_not(db: None, name: str) -> None:
    post(load(name))
    process_pending()
    stored = InboundUpdate.objects.get()
    assert (stored.state, stored.error) == ("processed", "")


def test_bot_05_a_command_for_another_bot_is_not_ours(db: None) -> None:
    BotAccount.objects.create(telegram_id=7, username="ours_bot", checked_at="2026-01-01T00:00Z")
    command = load("command_start")
    command["message"]["text"] = "/start@theirs"
    command["message"]["entities"][0]["length"] = len("/start@theirs")
    post(command)
    process_pending()
    assert InboundUpdate.objects.get().error == ""


# A connection that breaks is not the update's fault


def test_flt_03_a_connection_lost_in_the_middle_costs_no_try(
    chat: Chat, start_consumers: Callable[[int], Threads], once: str
) -> None:
    undo = trap("PERFORM pg_terminate_backend(pg_backend_pid());", condition=once)
    update_id = says(chat)
    start_consumers(2)
    wait_until_empty()
    undo()
    assert state_of(update_id) == ("processed", 0)
    assert Message.objects.count() == 1


@pytest.fixture
def once(committed: None) -> Iterator[str]:
    """A condition that holds the first time only: a counter that no rollback takes back."""
    in_database("CREATE SEQUENCE once; GRANT USAGE ON SEQUENCE once TO PUBLIC")
    yield "nextval('once') = 1"
    in_database("DROP SEQUENCE once")


def test_flt_05_out_of_order_doubled_and_at_once_is_one_effect(
    chat: Chat, start_consumers: Callable[[int], Threads]
) -> None:
    updates = [message(update_id, chat.telegram_id) for update_id in range(9000, 9060)] * 3
    random.shuffle(updates)
    start_consumers(4)
    for update in updates:
        post(update)
    wait_until_empty()
    assert Message.objects.count() == 60


# MON-06


def test_mon_06_one_line_an_update_without_its_text(chat: Chat) -> None:
    update_id = says(chat, "секрет")
    with structlog.testing.capture_logs() as lines:
        process_pending()
    line = next(line for line in lines if line["event"] == "update")
    assert (line["update_id"], line["chat_id"], line["kind"]) == (update_id, -1001, "message")
    assert line["result"] == "processed"
    assert "секрет" not in str(lines)


def test_sec_09_nor_does_a_failure_log_what_was_written(chat: Chat) -> None:
    undo = trap("RAISE check_violation USING MESSAGE = 'row: ' || NEW.text;", condition="true")
    update_id = says(chat, "секрет")
    with structlog.testing.capture_logs() as lines:
        process_pending()
    undo()
    assert {"update failed", "update parked"} <= {line["event"] for line in lines}
    assert "секрет" not in str(lines)
    assert "секрет" in InboundUpdate.objects.get(update_id=update_id).error
