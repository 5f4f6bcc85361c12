"""Erase where a person was a member, what they chose, and that a conversation in private was theirs (SEC-14, CLI-10)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION erase_private(person bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    memberships bigint;
BEGIN
    WITH gone AS (DELETE FROM buhbot_membership WHERE telegram_id = person RETURNING 1)
        SELECT count(*) INTO memberships FROM gone;
    DELETE FROM buhbot_chosenchat WHERE telegram_id = person;
    DELETE FROM bot_waitingorder WHERE telegram_id = person;
    -- said in private, but with nobody any more; the number of the place is nobody's either
    UPDATE buhbot_message SET telegram_chat_id = -(2 ^ 61)::bigint - id
        WHERE private_with = person AND telegram_chat_id = person;
    UPDATE buhbot_message SET private_with = 0 WHERE private_with = person;
    RETURN jsonb_build_object('memberships', memberships);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("bot", "0017_copies"), ("buhbot", "0038_undelivered_answers")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION erase_private;")]
