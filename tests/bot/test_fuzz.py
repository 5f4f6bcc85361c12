"""FLT-09, SEC-10: mutated updates are never a 500, never stop the inbox, and change no outgoing markup."""

import copy
import json
import os
import random
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from bot.consumer import process_pending
from bot.models import InboundUpdate, OutgoingMessage
from buhbot.models import Chat
from tests.bot.posting import post
from tests.bot.rows import make_chat
from tests.updates import NAMES, load

ROUNDS = int(os.environ.get("FUZZ_UPDATES", "2000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261124"))
ALLOWED_TAGS = {"b", "i", "a", "code", "blockquote"}
HOSTILE: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**63 - 1,
    2**63,
    -(2**63),
    10**30,
    1.5,
    1e308,
    "",
    "\0",
    "\ud83d",
    "<b>не закрыто & <script>alert(1)</script>",
    "</b></a><a href='tg://x'>",
    "а" * 5000,
    "'; DROP TABLE buhbot_message; --",
    "%s %(x)s {0} {x.__class__}",
    "../../etc/passwd",
    [],
    [[]],
    [None],
    [{}],
    {},
    {"id": {}},
]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place inside that holds something: the container and the key."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)


def _mutate(update: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    mutant = copy.deepcopy(update)
    for _ in range(chance.choice([1, 1, 2, 5])):
        places = [place for place in _places(mutant) if place[1] != "update_id"]
        if not places:
            break
        container, key = chance.choice(places)
        how = chance.random()
        if how < 0.2:
            del container[key]
        elif how < 0.9:
            container[key] = copy.deepcopy(chance.choice(HOSTILE))
        elif isinstance(container, dict):
            container[chance.choice(["chat", "from", "text", "date", "id"])] = container[key]
    return mutant


class Tags(HTMLParser):
    """Collects the tags of a message."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.add(tag)


@pytest.fixture
def chats(db: None) -> None:
    """The chats that the updates speak of are monitored, so that everything is looked at."""
    for name in NAMES:
        for content in load(name).values():
            chat = content.get("chat") if isinstance(content, dict) else None
            if (
                chat
                and chat["type"] != "channel"
                and not Chat.objects.filter(telegram_id=chat["id"]).exists()
            ):
                make_chat(chat["id"])
    Chat.objects.update(is_monitored=True)


@pytest.mark.usefixtures("chats")
def test_flt_09_mutated_updates_neither_break_the_webhook_nor_stop_the_inbox() -> None:
    chance, client = random.Random(SEED), Client()
    updates = [load(name) for name in NAMES]
    for number in range(1, ROUNDS + 1):
        mutant = _mutate(chance.choice(updates), chance) | {"update_id": number}
        assert post(json.dumps(mutant).encode(), client=client).status_code == 200, mutant
    process_pending()
    states = list(InboundUpdate.objects.values_list("state", flat=True))
    assert (len(states), "pending" in states) == (ROUNDS, False)
    for payload in OutgoingMessage.objects.values_list("payload", flat=True):
        assert Tags(payload.get("text", "")).found <= ALLOWED_TAGS


@pytest.mark.usefixtures("db")
def test_flt_09_broken_bytes_are_refused_and_never_a_500() -> None:
    chance, client = random.Random(7), Client()
    whole = json.dumps(load("text"), ensure_ascii=False).encode()
    for _ in range(500):
        body = bytearray(whole[: chance.randrange(len(whole) + 1)])
        for _ in range(chance.randrange(4) if body else 0):
            body[chance.randrange(len(body))] = chance.randrange(256)
        assert post(bytes(body), client=client).status_code in {200, 400}
    process_pending()
    assert not InboundUpdate.objects.filter(state="pending").exists()
