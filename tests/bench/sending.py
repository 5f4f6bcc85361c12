"""A broadcast or a survey to many chats through the real sender, and alerts that overtake it (OUT-08, SUR-04)."""

import time
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Mailing:
    """What goes to many, as the database knows it: how it is let go, how many arrived, are done, in which seconds."""

    rules: str
    name: str
    release: str
    progress: str


BROADCAST = Mailing(
    "OUT-08",
    "a broadcast",
    """
WITH made AS (
    INSERT INTO buhbot_broadcast (title, text, state, start_at, audience, created_by_id, created_at)
    SELECT 'Новый адрес', 'С 1 декабря <b>новый</b> адрес: Рога & Копыта', 'scheduled', now(), 'picked', min(id), now()
    FROM buhbot_user RETURNING id
), picked AS (
    INSERT INTO buhbot_broadcast_chats (broadcast_id, chat_id) SELECT made.id, chat.id FROM made, buhbot_chat AS chat
    WHERE telegram_id BETWEEN %(first)s - %(count)s AND %(first)s - 1
)
SELECT id FROM made
""",
    """
SELECT count(*) FILTER (WHERE copy.state = 'sent'), count(*) FILTER (WHERE copy.state NOT IN ('waiting', 'queued')),
    extract(epoch FROM max(copy.sent_at) - min(broadcast.start_at))
FROM buhbot_broadcast AS broadcast JOIN buhbot_broadcastdelivery AS copy ON copy.broadcast_id = broadcast.id
WHERE broadcast.id = %(id)s
""",
)
SURVEY = Mailing(
    "SUR-04, OUT-08",
    "a survey",
    """
WITH made AS (
    INSERT INTO feedback_survey (title, kind, question, period_from, period_to, audience, channel, starts_at,
        validity_days, reminder_days, cooldown_days, state, created_at)
    VALUES ('Итоги квартала', 'stars', 'Насколько вы довольны нашей работой?', current_date - 90, current_date,
        'picked', 'chat', now(), 7, 2, 30, 'scheduled', now()) RETURNING id
), picked AS (
    INSERT INTO feedback_survey_chats (survey_id, chat_id) SELECT made.id, chat.id FROM made, buhbot_chat AS chat
    WHERE telegram_id BETWEEN %(first)s - %(count)s AND %(first)s - 1
)
SELECT id FROM made
""",
    """
SELECT count(*) FILTER (WHERE copy.state = 'delivered'),
    count(*) FILTER (WHERE copy.state NOT IN ('waiting', 'queued')),
    extract(epoch FROM max(copy.delivered_at) - min(survey.starts_at))
FROM feedback_survey AS survey JOIN feedback_delivery AS copy ON copy.survey_id = survey.id
WHERE survey.id = %(id)s
""",
)

ALERT = """
INSERT INTO bot_outgoingmessage (method, audience, recipient_id, payload, priority, subject, state, attempts, error)
SELECT 'sendMessage', 'staff', id, '{"text": "Просрочка"}', 10, 'bench', 'queued', 0, ''
FROM buhbot_user WHERE telegram_id = %(staff)s
"""

DELAYS = """
SELECT extract(epoch FROM sent_at - created_at) FROM bot_outgoingmessage WHERE subject = 'bench' AND state = 'sent'
"""


def sending_rows(servers: Servers, scale: float, mailing: Mailing = BROADCAST) -> list[Row]:
    """Measure how long it takes to send to all chats, and how soon an alert leaves meanwhile."""
    count = max(100, int(CHATS * scale))
    database = mailing.name.replace(" ", "_")
    with product(servers, database) as stack, stack.simulator() as telegram:
        say(f"Sending {mailing.name} to {count} chats, the Bot API answers in {ANSWER_MS} ms ...")
        _make_chats(stack, telegram, count)
        telegram.latency(ANSWER_MS)
        telegram.limits(forget=True)
        sent, seconds, delays = _send(stack, mailing, count)
        refused = telegram.limits()["refused"]["total"]
    target = f"≤ {TARGET_SECONDS * count / CHATS:.0f} s, no 429"
    what = f"{mailing.name} to {count:,} chats, the Bot API answers in {ANSWER_MS} ms"
    worst = f"{max(delays):.1f} s the slowest of {len(delays)}" if delays else "none was sent"
    return [
        Row(
            mailing.rules,
            what,
            target,
            f"{seconds:.0f} s, {sent / seconds:.1f}/s, {sent:,} sent, {refused} × 429",
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


def _send(stack: Stack, mailing: Mailing, count: int) -> tuple[int, float, list[float]]:
    """Let it go and wait for its end; give how many were sent, the seconds, the delays of alerts."""
    with _database(stack) as database:
        about = {"first": FIRST_ID, "count": count, "staff": STAFF_ID}
        row: Any = database.execute(mailing.release, about).fetchone()
        about["id"] = row[0]
        until = time.monotonic() + 2 * TARGET_SECONDS
        alert_at = time.monotonic() + 3
        while time.monotonic() < until:
            found: Any = database.execute(mailing.progress, about).fetchone()
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
