"""Erase where a comment was written, and what was done about a rating (SEC-14, FBK-05)."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION erase_feedback(person bigint, words text, quotes text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    places bigint[] := chats_of_person(person);
    given bigint[] := ARRAY(SELECT id FROM feedback_vote WHERE telegram_id = person);
    tasks bigint[] := ARRAY(SELECT id FROM feedback_followup WHERE vote_id = ANY (given));
    commented bigint;
BEGIN
    SELECT count(*) INTO commented FROM feedback_vote WHERE id = ANY (given) AND comment <> '';
    UPDATE feedback_voteevent SET comment = '' WHERE vote_id = ANY (given) AND comment <> '';
    DELETE FROM feedback_commentquestion WHERE vote_id = ANY (given) OR telegram_id = person;
    -- the rating stays, of nobody: no person has a number below zero
    UPDATE feedback_vote SET telegram_id = -id, name = '', comment = '', commented_at = NULL, comment_chat_id = NULL,
        comment_message_id = NULL WHERE id = ANY (given);
    UPDATE feedback_followup SET reason = '…' WHERE id = ANY (tasks) AND reason <> '';
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
    PERFORM forget_audited('feedback.vote', given), forget_audited('feedback.followup', tasks);
    RETURN jsonb_build_object('votes', cardinality(given), 'comments', commented);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0008_purging_tallies")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
