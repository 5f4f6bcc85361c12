"""How many requests are open, due soon and overdue now, for everybody who may know figures (RBAC-02, principle 8).

Observers may not read requests; an accountant gets the figures of own chats.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION request_figures(since timestamptz)
RETURNS TABLE (open_now bigint, at_risk bigint, breached bigint, opened_since bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$
    SELECT count(*) FILTER (WHERE state IN ('open', 'waiting_client')),
        count(*) FILTER (WHERE state = 'open' AND warned_at IS NOT NULL AND breached_at IS NULL),
        count(*) FILTER (WHERE state = 'open' AND breached_at IS NOT NULL),
        count(*) FILTER (WHERE opened_at >= since)
    FROM sla_request
    WHERE (state IN ('open', 'waiting_client') OR opened_at >= since)
        AND (current_setting('role') <> 'buhbot_accountant' OR chat_id IN (SELECT own_chats()))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("sla", "0003_first_policies"), ("buhbot", "0003_own_chats")]
    operations = [
        migrations.RunSQL(FORWARD, "DROP FUNCTION request_figures(timestamptz);"),
    ]
