"""From the instant at which requests fall due to the Bot API that accepts their alerts (PERF-05, TIM-02)."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from simulator.client import Simulator
from simulator.stack import Stack
from tests.bench.page import Row
from tests.bench.product import Servers, product, say

PEOPLE = 200  # each has five requests due at once, so that no alert goes into a list (ALR-06)
SINGLY = 10
FIRST_ID = 500_000
PATIENCE_SECONDS = 300

FIRM = """
INSERT INTO buhbot_user (password, is_superuser, email, full_name, role, is_active, telegram_id, telegram_username,
    unreachable_reason, created_at)
SELECT '', false, n || '@alerts.test', 'Бухгалтер ' || n, 'accountant', true, %(first)s + n, '', '', now()
FROM generate_series(1, %(people)s) AS n;

INSERT INTO buhbot_chat (telegram_id, kind, title, username, client_name, life_cycle, is_monitored, is_team,
    tier_id, calendar_id, registered_at, unreachable_reason)
SELECT -1008000000000 - n, 'supergroup', 'Клиент ' || n, '', '', 'active', true, false,
    (SELECT tier_id FROM sla_policy WHERE tier_id IS NOT NULL ORDER BY target_minutes LIMIT 1),
    (SELECT id FROM buhbot_calendar WHERE name = 'Круглосуточно'), now(), ''
FROM generate_series(1, %(people)s) AS n;

INSERT INTO buhbot_assignment (duty, is_primary, user_id, chat_id)
SELECT 'accountant', true, person.id, chat.id FROM buhbot_user AS person
JOIN buhbot_chat AS chat ON person.telegram_id - %(first)s = -1008000000000 - chat.telegram_id
WHERE person.email LIKE '%%@alerts.test';
"""

# Questions that fall due together: their warnings were told before, and their terms are those in force.
DUE = """
WITH asked AS (
    INSERT INTO buhbot_message (telegram_chat_id, telegram_message_id, topic_id, kind, text, sender, sender_name,
        sent_at, media_group_id, file_id, file_unique_id, file_name, chat_id)
    SELECT chat.telegram_id, topic, topic, 'text', 'Когда будет готов акт сверки?', 'client', 'Клиент',
        %(due)s - policy.target_minutes * interval '1 minute', '', '', '', '', chat.id
    FROM buhbot_chat AS chat JOIN sla_policy AS policy ON policy.tier_id = chat.tier_id
    CROSS JOIN generate_series(%(topic)s, %(topic)s + %(each)s - 1) AS topic
    WHERE chat.telegram_id BETWEEN -1008000000000 - %(chats)s AND -1008000000001
    RETURNING *
)
INSERT INTO sla_request (chat_id, opened_by_id, topic_id, text, opened_at, due_at, warned_at, fires_at, policy_name,
    target_minutes, warning_percent, escalation_minutes, max_level, acknowledge_minutes, calendar_version_id,
    on_duty, level, close_reason, close_note, notices_outdated, state)
SELECT asked.chat_id, asked.id, asked.topic_id, asked.text, asked.sent_at, %(due)s, %(due)s, %(due)s, policy.name,
    policy.target_minutes, policy.warning_percent, policy.escalation_minutes, policy.max_level,
    policy.acknowledge_minutes,
    (SELECT id FROM buhbot_calendarversion WHERE calendar_id = chat.calendar_id ORDER BY number DESC LIMIT 1),
    jsonb_build_array(jsonb_build_object('id', person.id, 'name', person.full_name)), 0, '', '', false, 'open'
FROM asked JOIN buhbot_chat AS chat ON chat.id = asked.chat_id
JOIN sla_policy AS policy ON policy.tier_id = chat.tier_id
JOIN buhbot_assignment AS duty ON duty.chat_id = chat.id JOIN buhbot_user AS person ON person.id = duty.user_id
RETURNING id;
"""

# For each alert when its accountant's message was queued and when the Bot API took it, in seconds after the instant.
TOLD = """
SELECT extract(epoch FROM message.created_at - alert.instant), extract(epoch FROM message.sent_at - alert.instant)
FROM sla_alert AS alert
JOIN bot_outgoingmessage_alerts AS told ON told.alert_id = alert.id
JOIN bot_outgoingmessage AS message ON message.id = told.outgoingmessage_id
JOIN buhbot_user AS person ON person.id = message.recipient_id AND person.role = 'accountant'
WHERE alert.request_id = ANY(%s) AND message.state = 'sent'
"""


def alert_rows(servers: Servers, scale: float) -> list[Row]:
    people = max(10, int(PEOPLE * scale))
    with product(servers, "alerts") as stack, stack.simulator() as telegram:
        make_firm(stack, telegram, people)
        say("Measuring alerts of requests that fall due one by one ...")
        singly = [
            told for number in range(max(2, int(SINGLY * scale))) for told in fall_due(stack, number + 1)
        ]
        say(f"Measuring alerts of {people * 5} requests that fall due at once ...")
        at_once = fall_due(stack, 1000, chats=people, each=5)
    count = f"{len(at_once):,} due at once, each its own message"
    return [
        Row("PERF-05", "due → alert at the Bot API, one due: p50 / p95", "p95 ≤ 10 s", _spread(singly, 1)),
        Row("PERF-05", f"due → alert at the Bot API, {count}: p50 / p95", "p95 ≤ 60 s", _spread(at_once, 1)),
        Row("TIM-02", f"due → alert queued, {count}: p50 / p95", "≤ 10 s", _spread(at_once, 0)),
    ]


def make_firm(stack: Stack, telegram: Simulator, people: int) -> None:
    for number in range(1, people + 1):
        telegram.person(f"Бухгалтер {number}", id=FIRST_ID + number, side="staff", started=True)
    with _database(stack) as database:
        database.execute(FIRM, {"people": people, "first": FIRST_ID})


def fall_due(stack: Stack, topic: int, *, chats: int = 1, each: int = 1) -> list[tuple[float, float]]:
    """Let requests fall due in three seconds, and wait until their accountants were told; in seconds after due."""
    due = datetime.now(UTC) + timedelta(seconds=3)
    values = {"due": due, "topic": topic, "chats": chats, "each": each}
    with _database(stack) as database:
        keys = [row[0] for row in database.execute(DUE, values).fetchall()]
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            told: list[Any] = database.execute(TOLD, [keys]).fetchall()
            if len(told) >= len(keys):
                return [(float(queued), float(sent)) for queued, sent in told]
            time.sleep(0.5)
    raise TimeoutError(f"{len(told)} of {len(keys)} alerts were told in {PATIENCE_SECONDS} s")


def _database(stack: Stack) -> psycopg.Connection[tuple[Any, ...]]:
    database = psycopg.connect(stack.database_url, autocommit=True, cursor_factory=psycopg.ClientCursor)
    database.execute("SET search_path = buhbot")
    return database


def _spread(told: list[tuple[float, float]], which: int) -> str:
    ranked = sorted(times[which] for times in told)
    p95 = ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))]
    return f"{ranked[len(ranked) // 2]:.1f} / {p95:.1f} s, last {ranked[-1]:.1f} s"
