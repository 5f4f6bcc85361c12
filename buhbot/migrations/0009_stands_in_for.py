"""Whose duties a person has at an instant, along a chain of substitutes; own chats follow it (STF-03, RBAC-02)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION stands_in_for(person bigint, at timestamptz) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$
    WITH RECURSIVE people (id) AS (
        SELECT person
        UNION
        SELECT user_id FROM buhbot_absence JOIN people ON substitute_id = people.id
        WHERE starts_at <= at AND ends_at > at
    )
    SELECT id FROM people
$$;

CREATE OR REPLACE FUNCTION own_chats() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$
    SELECT DISTINCT chat_id FROM buhbot_assignment
    WHERE user_id IN (SELECT stands_in_for(acting_user_id(), clock_timestamp()))
$$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION own_chats() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS
$$
    SELECT chat_id FROM buhbot_assignment WHERE user_id = acting_user_id()
    UNION
    SELECT chat_id FROM buhbot_assignment JOIN buhbot_absence USING (user_id)
    WHERE substitute_id = acting_user_id() AND duty = 'accountant'
        AND starts_at <= clock_timestamp() AND ends_at > clock_timestamp()
$$;
DROP FUNCTION stands_in_for;
"""


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0008_own_chats_of_substitutes")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
