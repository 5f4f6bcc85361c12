"""Delete messages and journals that nobody may delete otherwise: only what is older than the shortest term (SEC-14).

A day less than the year, as the clock of another host may be behind.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION is_past_retention(at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT at < now() - interval '364 days' $$;

CREATE FUNCTION purge_messages(ids bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
    DELETE FROM buhbot_messagerevision WHERE message_id IN
        (SELECT id FROM buhbot_message WHERE id = ANY (ids) AND is_past_retention(sent_at));
    DELETE FROM buhbot_message WHERE id = ANY (ids) AND is_past_retention(sent_at);
$$;

CREATE FUNCTION purge_audit_entries(ids bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$ DELETE FROM buhbot_auditentry WHERE id = ANY (ids) AND is_past_retention(at) $$;

CREATE FUNCTION purge_admin_log(ids integer[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$ DELETE FROM django_admin_log WHERE id = ANY (ids) AND is_past_retention(action_time) $$;
"""
BACKWARD = """
DROP FUNCTION purge_admin_log;
DROP FUNCTION purge_audit_entries;
DROP FUNCTION purge_messages;
DROP FUNCTION is_past_retention;
"""


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0026_message_by_age"), ("admin", "0003_logentry_add_action_flag_choices")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
