"""RUN-02: deliveries to a webhook: secret, order, retries, repeats (FLT-05)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from telegram import InlineQueryResultArticle, InputTextMessageContent
from telegram.error import BadRequest

from simulator.client import Simulator
from simulator.tests.conftest import BUTTON, Run
from simulator.tests.receiver import Receiver, open_receiver


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with open_receiver() as receiver:
        yield receiver


def set_hook(run: Run, hook: Receiver, connections: int = 40) -> None:
    run(lambda bot: bot.set_webhook(hook.url, secret_token="s3cret", max_connections=connections))  # noqa: S106


def test_updates_come_with_the_secret(sim: Simulator, run: Run, hook: Receiver) -> None:
    set_hook(run, hook)
    sim.send(sim.person(), text="Привет")
    [update] = hook.wait(1)
    assert update["message"]["text"] == "Привет"
    assert hook.secrets == ["s3cret"]


def test_a_refused_update_comes_again_before_the_next_of_its_chat(
    sim: Simulator, run: Run, hook: Receiver
) -> None:
    hook.statuses = [503, 500]
    set_hook(run, hook)
    client = sim.person()
    for text in ("раз", "два"):
        sim.send(client, text=text)
    assert [update["message"]["text"] for update in hook.wait(2)] == ["раз", "два"]
    assert len(hook.tried) == 4
    sim.wait_delivered()
    info = run(lambda bot: bot.get_webhook_info())
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"


def test_a_silent_server_keeps_updates_pending(sim: Simulator, run: Run, hook: Receiver) -> None:
    run(lambda bot: bot.set_webhook("http://127.0.0.1:9/nobody"))
    sim.send(sim.person(), text="x")
    sim.wait_for(lambda: sim.delivery()["failures"] > 0)
    info = run(lambda bot: bot.get_webhook_info())
    assert info.pending_update_count == 1
    assert "Connection error" in info.last_error_message
    set_hook(run, hook)
    assert hook.wait(1)[0]["message"]["text"] == "x"


def test_chats_are_served_in_parallel_up_to_the_limit(sim: Simulator, run: Run, hook: Receiver) -> None:
    hook.delay = 0.1
    set_hook(run, hook, connections=3)
    for _ in range(9):
        sim.send(sim.person(), text="x")
    hook.wait(9)
    assert hook.most == 3


def test_pending_updates_can_be_dropped(sim: Simulator, run: Run, hook: Receiver) -> None:
    sim.send(sim.person(), text="старое")
    run(lambda bot: bot.set_webhook(hook.url, drop_pending_updates=True))
    sim.send(sim.person(), text="новое")
    assert [update["message"]["text"] for update in hook.wait(1)] == ["новое"]


def test_an_update_can_be_repeated_injected_and_shuffled(sim: Simulator, run: Run, hook: Receiver) -> None:
    set_hook(run, hook)
    client = sim.person()
    sim.delivery(copies=2)
    sim.send(client, text="дважды")
    assert [update["message"]["text"] for update in hook.wait(2)] == ["дважды", "дважды"]
    sim.redeliver(hook.updates[0]["update_id"])
    sim.inject({"update_id": 5, "message": {"text": "старый номер"}})
    assert {update["update_id"] for update in hook.wait(4)} == {5, hook.updates[0]["update_id"]}


def test_deliveries_can_be_held_and_released(sim: Simulator, run: Run, hook: Receiver) -> None:
    set_hook(run, hook)
    sim.delivery(paused=True, ordered=False)
    client = sim.person()
    sent = [str(sim.send(client, text=str(number))) for number in range(5)]
    assert hook.updates == []
    sim.delivery(paused=False, shuffled=True)
    assert len(hook.wait(5)) == len(sent)


def test_a_press_returns_the_toast(sim: Simulator, run: Run, hook: Receiver) -> None:
    person = sim.person(started=True)
    set_hook(run, hook)
    run(lambda bot: bot.send_message(person, "x", reply_markup=BUTTON))

    def answer() -> None:
        query = hook.wait(1)[0]["callback_query"]["id"]
        run(lambda bot: bot.answer_callback_query(query, "Принято", show_alert=True))

    thread = threading.Thread(target=answer)
    thread.start()
    pressed = sim.press(person, person, 1, "Взять")
    thread.join()
    assert pressed == {"answered": True, "toast": "Принято", "show_alert": True, "url": ""}


def test_an_inline_query_is_answered_and_chosen(sim: Simulator, run: Run, hook: Receiver) -> None:
    person = sim.person(started=True)
    set_hook(run, hook)
    article = InlineQueryResultArticle("1", "Счёт", InputTextMessageContent("Вот счёт"))

    def answer() -> None:
        query = hook.wait(1)[0]["inline_query"]["id"]
        run(lambda bot: bot.answer_inline_query(query, [article]))

    thread = threading.Thread(target=answer)
    thread.start()
    results = sim.inline(person, "сч")["results"]
    thread.join()
    sim.choose(person, person, results[0], query="сч")
    kinds = [next(kind for kind in update if kind != "update_id") for update in hook.wait(3)]
    assert set(kinds) == {"inline_query", "message", "chosen_inline_result"}
    assert sim.messages(person)[-1]["via_bot"]["is_bot"] is True


def test_a_webhook_may_answer_with_a_method(sim: Simulator, run: Run, hook: Receiver) -> None:
    person = sim.person(started=True)
    hook.body = json.dumps({"method": "sendMessage", "chat_id": person, "text": "сразу"}).encode()
    set_hook(run, hook)
    sim.send(person, text="x")
    assert sim.wait_message(person, "сразу")


def test_a_late_answer_to_a_press_is_refused(sim: Simulator, run: Run, hook: Receiver) -> None:
    person = sim.person(started=True)
    sim.bot(answer_ttl_seconds=0)
    set_hook(run, hook)
    run(lambda bot: bot.send_message(person, "x", reply_markup=BUTTON))
    sim.press(person, person, 1, "Взять", wait=0)
    query = hook.wait(1)[0]["callback_query"]["id"]
    with pytest.raises(BadRequest, match="(?i)query is too old"):
        run(lambda bot: bot.answer_callback_query(query))
