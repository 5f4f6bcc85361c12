"""The figures of observers tell where requests were opened (CLI-10)."""

from django.db import migrations

BEFORE = """
DROP VIEW sla_requestmeasure;
CREATE VIEW sla_requestmeasure AS
SELECT id, chat_id, state, opened_at, due_at, warned_at, paused_at, paused_seconds, closed_at, response_seconds,
    target_minutes, calendar_version_id, close_reason
FROM sla_request;
"""
AFTER = """
CREATE OR REPLACE VIEW sla_requestmeasure AS
SELECT id, chat_id, state, opened_at, due_at, warned_at, paused_at, paused_seconds, closed_at, response_seconds,
    target_minutes, calendar_version_id, close_reason, origin
FROM sla_request;
"""


class Migration(migrations.Migration):
    dependencies = [("sla", "0029_request_origin")]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
