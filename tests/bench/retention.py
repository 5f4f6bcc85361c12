"""The purge of a million messages while the webhook goes on, and the erasure of one client among them (SEC-14)."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg

from simulator.stack import ROOT, Stack
from tests.bench.load import Figures, post_all
from tests.bench.page import Row
from tests.bench.product import CHATS, Servers, product, say
from tests.bench.webhook import updates

MESSAGES, TRAFFIC = 1_000_000, 100_000
CLIENTS = 2_000  # each writes in one chat
FIRST_CLIENT = 700_000
SECONDS = 60
PACE_SECONDS = 0.2  # between the posts of four connections: some 100 a second

OLD = """
INSERT INTO buhbot_message (telegram_chat_id, telegram_message_id, topic_id, kind, text, sender, sender_id,
    sender_name, sent_at, media_group_id, file_id, file_unique_id, file_name, chat_id)
SELECT -1009000000000 - n %% %(chats)s, 900000000 + n, 0, 'text',
    'Когда будет готов акт сверки за прошлый квартал? ' || n, 'client', %(first)s + n %% %(clients)s,
    'Клиент Номер' || n %% %(clients)s, now() - interval '4 years' + n * interval '10 seconds', '', '', '', '', chat.id
FROM generate_series(1, %(messages)s) AS n
JOIN buhbot_chat AS chat ON chat.telegram_id = -1009000000000 - n %% %(chats)s;

INSERT INTO bot_inboundupdate (update_id, lane, payload, state, attempts, error, received_at, processed_at)
SELECT n, -1009000000000 - n %% %(chats)s, jsonb_build_object('update_id', n, 'message', jsonb_build_object(
    'message_id', n, 'chat', jsonb_build_object('id', -1009000000000 - n %% %(chats)s, 'title', 'Клиент'),
    'from', jsonb_build_object('id', %(first)s + n %% %(clients)s, 'first_name', 'Клиент'),
    'text', 'Когда будет готов акт сверки? ' || n)), 'processed', 1, '', now(), now()
FROM generate_series(1, %(traffic)s) AS n;

INSERT INTO bot_outgoingmessage (chat_id, method, audience, priority, subject, state,
    attempts, error, sent_at, payload)
SELECT chat.id, 'sendMessage', 'client', 3, '', 'sent', 1, '', now(),
    jsonb_build_object('text', 'Просрочено: Клиент Номер' || n %% %(clients)s || ', акт сверки')
FROM generate_series(1, %(traffic)s) AS n
JOIN buhbot_chat AS chat ON chat.telegram_id = -1009000000000 - n %% %(chats)s;

INSERT INTO buhbot_auditentry (at, kind, source, who, model, object_id, object_name, note, changes)
SELECT now(), 'changed', 'admin', 'Ирина', 'buhbot.chat', n::text, 'Клиент ' || n, '',
    jsonb_build_array(jsonb_build_array('тариф', 'Стандарт', 'VIP'))
FROM generate_series(1, %(traffic)s) AS n;
"""


def purge_rows(servers: Servers, scale: float) -> list[Row]:
    sizes = {"messages": int(MESSAGES * scale), "traffic": int(TRAFFIC * scale), "clients": CLIENTS}
    with product(servers, "purge") as stack:
        say(f"Writing {sizes['messages']:,} old messages ...")
        _write(stack, {**sizes, "chats": len(CHATS), "first": FIRST_CLIENT})
        say("Trying the erasure of a client ...")
        erasure = _child(stack, "erase", FIRST_CLIENT + 1)()
        say(json.dumps(erasure, ensure_ascii=False, indent=1))
        alone = _posted(stack, until=_after(SECONDS * scale / 2))
        say("Purging ...")
        finish = _child(stack, "purge", SECONDS * scale)
        meanwhile = _posted(stack, until=_after(SECONDS * scale - 1))
        purge = finish()
    count = f"{sizes['messages']:,} messages"
    return [
        Row("SEC-14", "webhook without the purge: p50 / p95", "", _spread(alone)),
        Row("SEC-14", f"webhook during the purge of {count}: p50 / p95", "", _spread(meanwhile)),
        Row("SEC-14", "rows purged", "", f"{purge['rows'] / purge['seconds']:.0f}/s"),
        Row("SEC-14", "longest batch of 500 rows", "", f"{purge['longest_ms']:.0f} ms"),
        Row("SEC-14", f"a client erased among {count}", "", f"{erasure['seconds']:.1f} s"),
        Row("", "load of the machine, of all that runs on it", "", f"{os.getloadavg()[0]:.1f}"),
    ]


def _write(stack: Stack, values: dict[str, int]) -> None:
    with psycopg.connect(
        stack.database_url, autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as database:
        database.execute("SET search_path = buhbot")
        database.execute(OLD, values)
        database.execute("VACUUM ANALYZE")


def _child(stack: Stack, what: str, value: float) -> Callable[[], dict[str, Any]]:
    """Start the other process; what it returns waits for its figures."""
    environment = stack.environment(DJANGO_SETTINGS_MODULE="config.settings")
    command = [sys.executable, "-m", "tests.bench.aging", what, str(value)]
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)  # noqa: S603

    def finish() -> dict[str, Any]:
        told, _errors = child.communicate()
        if child.returncode:
            raise ChildProcessError(f"{what} failed")
        found: dict[str, Any] = json.loads(told)
        return found

    return finish


def _after(seconds: float) -> float:
    return time.monotonic() + seconds


def _posted(stack: Stack, *, until: float) -> Figures:
    """Post at an even pace, as chats do, until the instant."""
    every = Figures()
    while time.monotonic() < until:
        part = post_all(stack.web_port, updates(20), secret=stack.webhook_secret, connections=4)
        every.times_ms += part.times_ms
        every.statuses = {s: every.statuses.get(s, 0) + n for s, n in part.statuses.items()}
        time.sleep(PACE_SECONDS)
    return every


def _spread(figures: Figures) -> str:
    errors = f", {figures.refused} errors" if figures.refused else ""
    return f"{figures.median:.0f} / {figures.percentile(95):.0f} ms{errors}"
