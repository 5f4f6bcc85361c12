"""A broadcast to many chats through the real sender, and alerts that overtake it (OUT-08)."""

import time
from typing import Any

import psycopg

from simulator.client import Simulator
from simulator.stack import Stack
from tests.bench.page import Row
from tests.bench.product import STAFF_ID, Servers, product, say

CHATS = 10_000
BATCH = 1_000
ANSWER_MS = 100
CLIENT_ID = 700_000
FIRST_ID = -1008500000000
TARGET_SECONDS = 420
ALERT_SECONDS = 20
SIDES = {"id": CLIENT_ID, "first_name": "Клиент", "side": "client"}

CLIENTS = """
INSERT INTO buhbot_chat (telegram_id, kind, title, username, client_name, life_cycle, is_monitored, is_team,
    tier_id, registered_at, unreachable_reason)
SELECT %(first)s - n, 'supergroup', 'Клиент ' || n, '', '', 'active', true, false,
    (SELECT min(id) FROM buhbot_tier), now(), ''
FROM generate_series(1, %(count)s) AS n
"""

DRAFT = """
INSERT INTO buhbot_broadcast (title, text, state, audience, created_by_id, created_at)
SELECT 'Новый адрес', 'С 1 декабря <b>новый</b> адрес: Рога & Копыта', 'draft', 'picked', min(id), now()
FROM buhbot_user RETURNING id
"""

PICKED = """
INSERT INTO buhbot_broadcast_chats (broadcast_id, chat_id)
SELECT %(id)s, id FROM buhbot_chat WHERE telegram_id BETWEEN %(first)s - %(count)s AND %(first)s - 1
"""

RELEASED = "UPDATE buhbot_broadcast SET state = 'scheduled', start_at = now() WHERE id = %(id)s"

ALERT = """
INSERT INTO bot_outgoingmessage (method, audience, recipient_id, payload, priority, subject, state, attempts, error)
SELECT 'sendMessage', 'staff', id, '{"text": "Просрочка"}', 10, 'bench', 'queued', 0, ''
FROM buhbot_user WHERE telegram_id = %(staff)s
"""

SENT = """
SELECT count(*) FILTER (WHERE copy.state = 'sent'), count(*) FILTER (WHERE copy.state NOT IN ('waiting', 'queued')),
    extract(epoch FROM max(copy.sent_at) - min(broadcast.start_at))
FROM buhbot_broadcast AS broadcast JOIN buhbot_broadcastdelivery AS copy ON copy.broadcast_id = broadcast.id
WHERE broadcast.id = %(id)s
"""

DELAYS = """
SELECT extract(epoch FROM sent_at - created_at) FROM bot_outgoingmessage WHERE subject = 'bench' AND state = 'sent'
"""


def sending_rows(servers: Servers, scale: float) -> list[Row]:
    count = max(100, int(CHATS * scale))
    with product(servers, "sending") as stack, stack.simulator() as telegram:
        say(f"Sending a broadcast to {count} chats, the Bot API answers in {ANSWER_MS} ms ...")
        _make_chats(stack, telegram, count)
        telegram.latency(ANSWER_MS)
        telegram.limits(forget=True)
        sent, seconds, delays = _send(stack, count)
        refused = telegram.limits()["refused"]["total"]
    target = f"≤ {TARGET_SECONDS * count / CHATS:.0f} s, no 429"
    what = f"a broadcast to {count:,} chats, the Bot API answers in {ANSWER_MS} ms"
    worst = f"{max(delays):.1f} s the slowest of {len(delays)}" if delays else "none was sent"
    return [
        Row(
            "OUT-08", what, target, f"{seconds:.0f} s, {sent / seconds:.1f}/s, {sent:,} sent, {refused} × 429"
        ),
        Row("OUT-03", "an alert meanwhile: queued → taken by the Bot API", "it overtakes", worst),
    ]


def _make_chats(stack: Stack, telegram: Simulator, count: int) -> None:
    telegram.load(persons=[SIDES])
    for first in range(1, count + 1, BATCH):
        numbers = range(first, min(first + BATCH, count + 1))
        group = {"type": "supergroup", "members": [CLIENT_ID], "bot": "member"}
        telegram.load(chats=[{**group, "id": FIRST_ID - n, "title": f"Клиент {n}"} for n in numbers])
    with _database(stack) as database:
        database.execute(CLIENTS, {"first": FIRST_ID, "count": count})


def _send(stack: Stack, count: int) -> tuple[int, float, list[float]]:
    """Release the broadcast and wait for its end; give how many were sent, the seconds, the delays of alerts."""
    with _database(stack) as database:
        row: Any = database.execute(DRAFT).fetchone()
        about = {"id": row[0], "first": FIRST_ID, "count": count, "staff": STAFF_ID}
        database.execute(PICKED, about)
        database.execute(RELEASED, about)
        until = time.monotonic() + 2 * TARGET_SECONDS
        alert_at = time.monotonic() + 3
        while time.monotonic() < until:
            found: Any = database.execute(SENT, about).fetchone()
            if found[1] >= count:
                break
            if time.monotonic() >= alert_at:
                database.execute(ALERT, about)
                alert_at += ALERT_SECONDS
            time.sleep(1)
        time.sleep(2)  # the last alert
        return int(found[0]), float(found[2]), [float(one) for (one,) in database.execute(DELAYS)]


def _database(stack: Stack) -> psycopg.Connection[tuple[Any, ...]]:
    database = psycopg.connect(stack.database_url, autocommit=True, cursor_factory=psycopg.ClientCursor)
    database.execute("SET search_path = buhbot")
    return database
