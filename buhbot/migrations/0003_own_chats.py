"""The chats of the person who acts: row-level security starts from them (SEC-03, RBAC-02)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION acting_user_id() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('app.user_id', true), '')::bigint $$;

CREATE FUNCTION own_chats() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$ SELECT chat_id FROM buhbot_assignment WHERE user_id = acting_user_id() $$;
"""

BACKWARD = "DROP FUNCTION own_chats; DROP FUNCTION acting_user_id;"


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0002_first_calendar_and_tiers")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
