"""Whom an accountant may choose as a substitute: names, and whether the bot can write to them (STF-03, RBAC-02)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION colleagues(OUT id bigint, OUT name text, OUT is_reachable boolean) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$
    SELECT id, coalesce(nullif(full_name, ''), email), telegram_id IS NOT NULL AND unreachable_since IS NULL
    FROM buhbot_user WHERE is_active AND role <> 'observer' ORDER BY full_name, id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0009_stands_in_for")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION colleagues;")]
