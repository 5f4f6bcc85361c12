"""What was cancelled was no request: the figures of Home leave it out as all others do (principle 8)."""

from django.db import migrations

FIGURES = """
CREATE OR REPLACE FUNCTION request_figures(since timestamptz)
RETURNS TABLE (open_now bigint, at_risk bigint, breached bigint, opened_since bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$
    SELECT count(*) FILTER (WHERE state IN ('open', 'waiting_client')),
        count(*) FILTER (WHERE state = 'open' AND warned_at IS NOT NULL AND breached_at IS NULL),
        count(*) FILTER (WHERE state = 'open' AND breached_at IS NOT NULL),
        count(*) FILTER (WHERE opened_at >= since{condition})
    FROM sla_request
    WHERE (state IN ('open', 'waiting_client') OR opened_at >= since)
        AND (current_setting('role') <> 'buhbot_accountant' OR chat_id IN (SELECT own_chats()))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("sla", "0008_kinds_of_alerts")]
    operations = [
        migrations.RunSQL(
            FIGURES.format(condition=" AND state <> 'cancelled'"), FIGURES.format(condition="")
        ),
    ]
