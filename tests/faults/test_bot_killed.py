"""FLT-01, FLT-05: bots are killed in a burst; every update that got 200 has its effect exactly once."""

import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db.models import Count

from bot.models import InboundUpdate, OutgoingMessage
from buhbot.models import Chat, Message
from simulator.stack import Stack
from tests.bot.rows import make_chat
from tests.environment import DATABASE, REDIS_URL, database_url

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed")]

GROUPS = range(-1010, -1000)
PEOPLE = range(500, 510)
UPDATES = 500
KILLS = 6
DRAIN_SECONDS = 120


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """The web process, two bots and the simulator, on the database of the tests."""
    tmp_path.chmod(0o755)
    running = Stack(
        database_url=database_url(DATABASE),
        redis_url=REDIS_URL,
        folder=tmp_path,
        token=settings.TELEGRAM_BOT_TOKEN,
        webhook_secret=settings.TELEGRAM_WEBHOOK_SECRET,
        secret_key=settings.SECRET_KEY,
    )
    with running:
        for name in ("simulator", "web", "bot", "bot-2"):
            running.start(name)
        running.wait_for(f"{running.telegram_url}/sim/bot")
        running.wait_for(f"{running.web_url}/health/live")
        yield running


def _update(number: int) -> dict[str, Any]:
    """A client's words in a group, which are logged, or /start in private, which is answered."""
    private = number % 2
    chat_id = random.choice(PEOPLE if private else GROUPS)
    sender = {"id": chat_id if private else 499, "is_bot": False, "first_name": "Дарья"}
    chat: dict[str, Any] = {"id": chat_id, "type": "private" if private else "supergroup"}
    chat |= {"first_name": "Дарья"} if private else {"title": "ООО «Ромашка»"}
    content = {"message_id": number, "date": 1790000000 + number, "chat": chat, "from": sender}
    content |= {"text": "/start" if private else "Когда акт?"}
    if private:
        content["entities"] = [{"type": "bot_command", "offset": 0, "length": 6}]
    return {"update_id": number, "message": content}


def _deliver(stack: Stack, update: dict[str, Any]) -> None:
    """Post until it gets 200, as Telegram does."""
    headers = {
        "X-Telegram-Bot-Api-Secret-Token": settings.TELEGRAM_WEBHOOK_SECRET,
        "Content-Type": "application/json",
    }
    body = json.dumps(update)
    while httpx.post(stack.webhook_url, content=body, headers=headers, trust_env=False).status_code != 200:
        time.sleep(0.2)


def _kill_bots(stack: Stack) -> None:
    """Kill either bot again and again while it works, evenly over the burst."""
    for kill in range(1, KILLS + 1):
        _wait_until_processed(stack, UPDATES * kill // (KILLS + 1))
        name = random.choice(["bot", "bot-2"])
        stack.kill(name)
        stack.start(name)


def test_flt_01_killed_bots_lose_nothing_and_do_nothing_twice(stack: Stack) -> None:
    for chat_id in GROUPS:
        make_chat(chat_id)
    Chat.objects.update(is_monitored=True)
    updates = [_update(number) for number in range(1, UPDATES + 1)]
    with ThreadPoolExecutor(4) as pool:
        posts = pool.map(lambda update: _deliver(stack, update), updates + random.sample(updates, 50))
        _kill_bots(stack)  # here, as a process dies with the thread that started it
        list(posts)
    _wait_until_processed(stack, UPDATES)
    _assert_each_once(updates)


def _wait_until_processed(stack: Stack, number: int) -> None:
    deadline = time.monotonic() + DRAIN_SECONDS
    while InboundUpdate.objects.exclude(state="pending").count() < number:
        assert time.monotonic() < deadline, stack.last_words()
        time.sleep(0.02)


def _assert_each_once(updates: list[dict[str, Any]]) -> None:
    errors = set(InboundUpdate.objects.exclude(state="processed").values_list("error", flat=True))
    assert (InboundUpdate.objects.count(), errors) == (UPDATES, set())
    for chat in Chat.objects.filter(telegram_id__in=GROUPS):
        logged = Message.objects.filter(chat=chat).values_list("telegram_message_id", flat=True)
        assert sorted(logged) == [
            _number(update) for update in updates if _chat_id(update) == chat.telegram_id
        ]
    replies = OutgoingMessage.objects.values_list("chat__telegram_id").annotate(number=Count("pk"))
    for chat_id, number in replies:
        assert number == sum(1 for update in updates if _chat_id(update) == chat_id)
    assert sum(number for _, number in replies) == UPDATES // 2


def _number(update: dict[str, Any]) -> int:
    return int(update["message"]["message_id"])


def _chat_id(update: dict[str, Any]) -> int:
    return int(update["message"]["chat"]["id"])
