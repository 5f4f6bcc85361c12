"""Old surveys go when they have expired too, which is no state, and their published figures with them (FBK-05)."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION purge_surveys(ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    old bigint[] := ARRAY(
        SELECT id FROM feedback_survey WHERE id = ANY (ids) AND is_past_retention(least(closed_at, expires_at)));
    copies bigint[] := ARRAY(SELECT id FROM feedback_delivery WHERE survey_id = ANY (old));
    given bigint[] := ARRAY(SELECT id FROM feedback_vote WHERE delivery_id = ANY (copies));
BEGIN
    DELETE FROM feedback_commentquestion WHERE vote_id = ANY (given);
    DELETE FROM feedback_followup WHERE vote_id = ANY (given);
    DELETE FROM feedback_voteevent WHERE vote_id = ANY (given);
    DELETE FROM feedback_vote WHERE id = ANY (given);
    DELETE FROM feedback_delivery WHERE id = ANY (copies);
    DELETE FROM feedback_publishedtally WHERE survey_id = ANY (old);
    DELETE FROM feedback_survey_chats WHERE survey_id = ANY (old);
    DELETE FROM feedback_survey WHERE id = ANY (old);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0007_published_feedback")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
