"""The figures of observers tell automatic answers from those of people too (ANS-05)."""

from django.db import migrations

BEFORE = """
DROP VIEW sla_requestmeasure;
CREATE VIEW sla_requestmeasure AS
SELECT id, chat_id, state, opened_at, due_at, warned_at, paused_at, paused_seconds, closed_at, response_seconds,
    target_minutes, calendar_version_id
FROM sla_request;
"""
AFTER = """
CREATE OR REPLACE VIEW sla_requestmeasure AS
SELECT id, chat_id, state, opened_at, due_at, warned_at, paused_at, paused_seconds, closed_at, response_seconds,
    target_minutes, calendar_version_id, close_reason
FROM sla_request;
"""


class Migration(migrations.Migration):
    dependencies = [("sla", "0020_answered_by_faq")]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
