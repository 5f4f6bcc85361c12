"""What health checks and metrics need to know, for the web login that may not read tables (MON-01, MON-05)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION health() RETURNS TABLE (applied text[], tick_age float8, inbox_age float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
    SELECT
        ARRAY(SELECT app || '.' || name FROM django_migrations),
        (SELECT extract(epoch FROM now() - max(ran_at)) FROM sla_tick),
        (SELECT extract(epoch FROM now() - min(received_at)) FROM bot_inboundupdate WHERE state = 'pending')
$$;

CREATE FUNCTION metrics() RETURNS TABLE (name text, value float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
    SELECT 'bot_inbox_pending', count(*) FROM bot_inboundupdate WHERE state = 'pending'
    UNION ALL SELECT 'bot_inbox_oldest_seconds', coalesce(extract(epoch FROM now() - min(received_at)), 0)
        FROM bot_inboundupdate WHERE state = 'pending'
    UNION ALL SELECT 'bot_inbox_failed', count(*) FROM bot_inboundupdate WHERE state = 'failed'
    UNION ALL SELECT 'bot_outbox_pending', count(*) FROM bot_outgoingmessage WHERE state IN ('queued', 'sending')
    UNION ALL SELECT 'bot_outbox_oldest_seconds', greatest(0, coalesce(extract(epoch FROM now() - min(not_before)), 0))
        FROM bot_outgoingmessage WHERE state IN ('queued', 'sending')
    UNION ALL SELECT 'sla_open_requests', count(*) FROM sla_request WHERE state IN ('open', 'waiting_client')
    UNION ALL SELECT 'sla_breached_open_requests', count(*) FROM sla_request
        WHERE state IN ('open', 'waiting_client') AND breached_at IS NOT NULL
    UNION ALL SELECT 'sla_undeliverable_alerts', count(*) FROM sla_alert JOIN sla_request r ON r.id = request_id
        WHERE is_undeliverable AND r.state IN ('open', 'waiting_client')
    UNION ALL SELECT 'sla_tick_age_seconds', extract(epoch FROM now() - max(ran_at))
        FROM sla_tick HAVING max(ran_at) IS NOT NULL
    UNION ALL SELECT 'supabase_database_bytes', pg_database_size(current_database())
$$;
"""

BACKWARD = "DROP FUNCTION metrics; DROP FUNCTION health;"


class Migration(migrations.Migration):
    dependencies = [("bot", "0003_outgoingmessage_alert")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
