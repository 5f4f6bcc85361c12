"""Delete surveys that ended long ago, and erase one person from votes, whose ratings stay (SEC-14, FBK-05)."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION purge_surveys(ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    old bigint[] := ARRAY(
        SELECT id FROM feedback_survey WHERE id = ANY (ids) AND state = 'closed' AND is_past_retention(closed_at));
    copies bigint[] := ARRAY(SELECT id FROM feedback_delivery WHERE survey_id = ANY (old));
    given bigint[] := ARRAY(SELECT id FROM feedback_vote WHERE delivery_id = ANY (copies));
BEGIN
    DELETE FROM feedback_commentquestion WHERE vote_id = ANY (given);
    DELETE FROM feedback_followup WHERE vote_id = ANY (given);
    DELETE FROM feedback_voteevent WHERE vote_id = ANY (given);
    DELETE FROM feedback_vote WHERE id = ANY (given);
    DELETE FROM feedback_delivery WHERE id = ANY (copies);
    DELETE FROM feedback_survey_chats WHERE survey_id = ANY (old);
    DELETE FROM feedback_survey WHERE id = ANY (old);
END $$;

CREATE OR REPLACE FUNCTION erase_feedback(person bigint, words text, quotes text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    places bigint[] := chats_of_person(person);
    given bigint[] := ARRAY(SELECT id FROM feedback_vote WHERE telegram_id = person);
    commented bigint;
BEGIN
    SELECT count(*) INTO commented FROM feedback_vote WHERE id = ANY (given) AND comment <> '';
    UPDATE feedback_voteevent SET comment = '' WHERE vote_id = ANY (given) AND comment <> '';
    DELETE FROM feedback_commentquestion WHERE vote_id = ANY (given) OR telegram_id = person;
    -- the rating stays, of nobody: no person has a number below zero
    UPDATE feedback_vote SET telegram_id = -id, name = '', comment = '', commented_at = NULL WHERE id = ANY (given);
    -- what others said of the person, and what was done about a rating
    UPDATE feedback_vote AS vote SET comment = without_words(comment, words, quotes)
        FROM feedback_delivery AS copy WHERE copy.id = delivery_id AND chat_id = ANY (places)
        AND comment <> '' AND (comment ~* words OR quotes_any(comment, quotes));
    UPDATE feedback_voteevent AS event SET comment = without_words(event.comment, words, quotes)
        FROM feedback_vote AS vote JOIN feedback_delivery AS copy ON copy.id = delivery_id
        WHERE vote.id = vote_id AND chat_id = ANY (places) AND event.comment <> ''
        AND (event.comment ~* words OR quotes_any(event.comment, quotes));
    UPDATE feedback_followup AS task SET reason = coalesce(nullif(without_words(reason, words, quotes), ''), '…')
        FROM feedback_vote AS vote JOIN feedback_delivery AS copy ON copy.id = delivery_id
        WHERE vote.id = vote_id AND chat_id = ANY (places) AND reason <> ''
        AND (reason ~* words OR quotes_any(reason, quotes));
    PERFORM forget_audited('feedback.vote', given);
    RETURN jsonb_build_object('votes', cardinality(given), 'comments', commented);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0004_comments_and_reminders"), ("buhbot", "0028_erasing")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION erase_feedback; DROP FUNCTION purge_surveys;")]
