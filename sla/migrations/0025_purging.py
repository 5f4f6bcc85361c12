"""Delete requests with their events, which nobody may delete otherwise: only such as ended long ago (SEC-14)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION purge_requests(ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    old bigint[] := ARRAY(
        SELECT id FROM sla_request WHERE id = ANY (ids) AND is_past_retention(closed_at)
            AND state NOT IN ('open', 'waiting_client'));
BEGIN
    DELETE FROM sla_requestevent WHERE request_id = ANY (old);
    DELETE FROM sla_request WHERE id = ANY (old);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("sla", "0024_requests_keep_messages"), ("buhbot", "0027_purging")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION purge_requests;")]
