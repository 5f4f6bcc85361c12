"""A firm with a long history, written by the database itself: for what is measured on much data."""

from datetime import UTC, datetime

import psycopg

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # Tuesday, noon in Moscow
PEOPLE, CHATS, MESSAGES, REQUESTS, OPEN = 30, 200, 100_000, 50_000, 10_000

FIRM = """
INSERT INTO buhbot_user (password, is_superuser, email, full_name, role, is_active, telegram_username,
    unreachable_reason, created_at)
SELECT '', false, n || '@bench.test', 'Бухгалтер ' || n, 'accountant', true, '', '', %(now)s
FROM generate_series(1, %(people)s) AS n;

INSERT INTO buhbot_chat (telegram_id, kind, title, username, client_name, life_cycle, is_monitored, is_team,
    tier_id, registered_at, unreachable_reason)
SELECT -1006000000000 - n, 'supergroup', 'Клиент ' || n, '', '', 'active', true, false,
    (SELECT min(id) FROM buhbot_tier) + n %% 4, %(now)s, ''
FROM generate_series(1, %(chats)s) AS n;

INSERT INTO buhbot_assignment (duty, is_primary, user_id, chat_id)
SELECT 'accountant', true, person.id, chat.id
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM buhbot_chat WHERE telegram_id < -1006000000000
    AND telegram_id > -1007000000000) AS chat
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM buhbot_user WHERE email LIKE '%%@bench.test')
    AS person ON person.n = chat.n %% %(people)s;
"""

# A month of messages, evenly over the chats; every second one is a question that opens a request.
MONTH = """
INSERT INTO buhbot_message (telegram_chat_id, telegram_message_id, topic_id, kind, text, sender, sender_name,
    sent_at, media_group_id, file_id, file_unique_id, file_name, chat_id)
SELECT chat.telegram_id, n, n, 'text', 'Когда будет готов акт сверки за прошлый квартал? ' || n,
    CASE n / %(chats)s %% 2 WHEN 0 THEN 'client' ELSE 'staff' END, 'Клиент', %(now)s - random() * interval '30 days',
    '', '', '', '', chat.id
FROM generate_series(1, %(messages)s) AS n
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS number FROM buhbot_chat WHERE telegram_id < -1006000000000
        AND telegram_id > -1007000000000) AS chat
    ON chat.number = n %% %(chats)s;

INSERT INTO sla_request (chat_id, opened_by_id, topic_id, text, opened_at, due_at, warn_at, policy_name,
    target_minutes, warning_percent, escalation_minutes, max_level, acknowledge_minutes, calendar_version_id,
    on_duty, level, close_reason, close_note, notices_outdated, state, closed_at, closed_by_id, response_seconds)
SELECT message.chat_id, message.id, message.topic_id, message.text, sent_at, sent_at + interval '1 hour',
    sent_at + interval '48 minutes', 'Стандарт', 60, 80, 30, 5, 60,
    (SELECT max(id) FROM buhbot_calendarversion),
    jsonb_build_array(jsonb_build_object('id', person.id, 'name', person.full_name)), 0, '', '', false,
    state, CASE WHEN state <> 'open' THEN sent_at + seconds * interval '1 second' END,
    CASE WHEN state <> 'open' THEN person.id END, CASE WHEN state <> 'open' THEN seconds END
FROM (SELECT *, row_number() OVER (ORDER BY random()) AS n, (-3000 * ln(random()))::int AS seconds
    FROM buhbot_message WHERE sender = 'client') AS message
JOIN buhbot_assignment AS duty ON duty.chat_id = message.chat_id
JOIN buhbot_user AS person ON person.id = duty.user_id
CROSS JOIN LATERAL (SELECT CASE WHEN n <= %(open)s THEN 'open' WHEN n %% 20 = 0 THEN 'resolved'
    WHEN n %% 25 = 1 THEN 'cancelled' ELSE 'answered' END AS state) AS fate
LIMIT %(requests)s;
"""

# An alert for what was or is late, and of each fifth somebody took the request ten minutes later.
ALERTS = """
INSERT INTO sla_alert (request_id, kind, level, instant, is_undeliverable, told_at)
SELECT id, 'breach', 1, due_at, false, due_at FROM sla_request
WHERE state <> 'cancelled' AND due_at < coalesce(closed_at, %(now)s);

INSERT INTO sla_requestevent (request_id, kind, at, note)
SELECT request_id, 'acknowledged', instant + interval '10 minutes', '' FROM sla_alert WHERE request_id %% 5 = 0;
"""

# Open requests, all of which fire some day; of each thousand one is due now. Those that were there fire no more.
TIMERS = """
UPDATE sla_request SET fires_at = NULL;

INSERT INTO sla_request (chat_id, opened_by_id, topic_id, text, opened_at, due_at, policy_name, target_minutes,
    warning_percent, escalation_minutes, max_level, acknowledge_minutes, calendar_version_id, on_duty, level,
    close_reason, close_note, notices_outdated, state, fires_at)
SELECT chat_id, opened_by_id, 10000000 + n, text, opened_at, due_at, policy_name, target_minutes,
    warning_percent, escalation_minutes, max_level, acknowledge_minutes, calendar_version_id, on_duty, level,
    '', '', false, 'open', %(now)s + CASE n %% 1000 WHEN 0 THEN -n ELSE n END * interval '1 second'
FROM (SELECT * FROM sla_request LIMIT 1) AS one, generate_series(1, %(timers)s) AS n;
"""

# Four quarterly surveys to every chat, with a vote of each; every third one has a comment, low ones a follow-up.
RATINGS = """
INSERT INTO feedback_survey (title, kind, question, period_from, period_to, quarter, audience, channel, starts_at,
    validity_days, reminder_days, cooldown_days, state, started_at, expires_at, created_at)
SELECT 'Опрос ' || n, 'stars', 'Насколько вы довольны нашей работой?', '2025-10-01', '2025-12-31', '2025-Q' || n,
    'all', 'chat', start, 7, 2, 30, 'active', start, start + interval '7 days', start
FROM (SELECT n, %(now)s - n * interval '80 days' AS start FROM generate_series(1, 4) AS n) AS starts;

INSERT INTO feedback_delivery (survey_id, chat_id, state, skip_reason, error, accountant_id, tier_name,
    requests_opened, requests_in_time, requests_missed, queued_at, delivered_at)
SELECT survey.id, duty.chat_id, 'delivered', '', '', duty.user_id, 'Стандарт', 9, 8, 1, started_at, started_at
FROM feedback_survey AS survey CROSS JOIN buhbot_assignment AS duty ORDER BY survey.id, duty.chat_id;

INSERT INTO feedback_vote (delivery_id, telegram_id, name, rating, comment, voted_at, changed_at, commented_at)
SELECT id, 700000 + chat_id, 'Клиент ' || chat_id, 1 + least(4, floor(random() * 6)),
    CASE id %% 3 WHEN 0 THEN 'Долго ждали ответа, пришлось звонить ' || id ELSE '' END,
    delivered_at, delivered_at + id * interval '10 seconds', CASE id %% 3 WHEN 0 THEN delivered_at END
FROM feedback_delivery;

INSERT INTO feedback_voteevent (vote_id, kind, rating, comment, at)
SELECT id, 'given', rating, '', voted_at FROM feedback_vote;

INSERT INTO feedback_followup (vote_id, rating, opened_at, due_at, notices_outdated, reason)
SELECT id, rating, voted_at, voted_at + interval '1 day', false, '' FROM feedback_vote WHERE rating <= 3;
"""


def write_ratings(url: str) -> None:
    """Write 2,500 chats and 10,000 votes of a year."""
    _write(url, FIRM + RATINGS, {"people": PEOPLE, "chats": 2_500})


def write_month(url: str) -> None:
    """Write 100,000 messages and 50,000 requests of one month, 10,000 of them open."""
    sizes = {"people": PEOPLE, "chats": CHATS, "messages": MESSAGES, "requests": REQUESTS, "open": OPEN}
    _write(url, FIRM + MONTH + ALERTS, sizes)


def write_history(url: str, *, chats: int, messages: int) -> None:
    """Write a history that is over: so many chats and messages, each second one a request, none of them open."""
    sizes = {"people": PEOPLE, "chats": chats, "messages": messages, "requests": messages // 2, "open": 0}
    _write(url, FIRM + MONTH + ALERTS, sizes)


def write_timers(url: str, count: int) -> None:
    """Write so many open requests more, each with a timer."""
    _write(url, TIMERS, {"timers": count})


def _write(url: str, statements: str, values: dict[str, int]) -> None:
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as database:
        database.execute("SET search_path = buhbot")
        database.execute(statements, values | {"now": NOW})
        database.execute("VACUUM ANALYZE")
