"""While an absence runs, the chats of who is away are the substitute's too (STF-03, RBAC-02)."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION own_chats() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$
    SELECT chat_id FROM buhbot_assignment WHERE user_id = acting_user_id()
    UNION
    SELECT chat_id FROM buhbot_assignment JOIN buhbot_absence USING (user_id)
    WHERE substitute_id = acting_user_id() AND duty = 'accountant'
        AND starts_at <= clock_timestamp() AND ends_at > clock_timestamp()
$$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION own_chats() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$ SELECT chat_id FROM buhbot_assignment WHERE user_id = acting_user_id() $$;
"""


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0007_absences")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
