"""Erase what managers were told of a person's low ratings (SEC-14, SUR-09)."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION erase_private(person bigint) RETURNS jsonb
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
    -- what managers were told of a low rating, with its comment: written in private, it is in no log of a chat
    UPDATE bot_outgoingmessage SET payload = '{"text": "…"}', error = '',
        state = CASE WHEN state IN ('queued', 'sending') THEN 'cancelled' ELSE state END
        WHERE subject IN (SELECT 'follow_up:' || task.id FROM feedback_followup AS task
            JOIN feedback_vote AS vote ON vote.id = vote_id WHERE vote.telegram_id = person);
    RETURN jsonb_build_object('memberships', memberships);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("bot", "0019_faster_erasing"), ("feedback", "0004_comments_and_reminders")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
