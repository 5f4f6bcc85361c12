"""How much of the plan's storage the copies of clients' files take, for the web login that may not read tables (DB-01)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION storage_metrics() RETURNS TABLE (name text, value float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
    SELECT 'supabase_storage_bytes', coalesce(sum(size_bytes), 0) FROM (
        SELECT max(size_bytes) AS size_bytes FROM templates_app_receivedfile
        WHERE copy = 'stored' AND storage_key <> '' GROUP BY bucket, storage_key
    ) AS copies
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("templates_app", "0010_erasing_orders")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION storage_metrics")]
