"""Erase the words of one person from requests; the requests and their times stay (SEC-14)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION erase_requests(person bigint, words text, quotes text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    said bigint[] := messages_of_person(person);
    places bigint[] := chats_of_person(person);
    taught bigint[] := ARRAY(
        SELECT id FROM sla_correction WHERE message_id = ANY (said) OR text <> '' AND text IN (
            SELECT text FROM buhbot_message WHERE id = ANY (said)
            UNION SELECT text FROM buhbot_messagerevision WHERE message_id = ANY (said)));
    asked bigint;
BEGIN
    WITH changed AS (UPDATE sla_request SET text = '' WHERE opened_by_id = ANY (said) RETURNING 1)
        SELECT count(*) INTO asked FROM changed;
    UPDATE sla_request SET text = without_words(text, words, quotes),
        close_note = without_words(close_note, words, quotes)
        WHERE chat_id = ANY (places) AND (concat_ws(' ', text, close_note) ~* words
            OR quotes_any(concat_ws(' ', text, close_note), quotes));
    UPDATE sla_requestevent AS event SET note = without_words(note, words, quotes)
        FROM sla_request AS request WHERE request.id = request_id AND chat_id = ANY (places) AND note <> ''
        AND (note ~* words OR quotes_any(note, quotes));
    PERFORM forget_audited('sla.correction', taught);
    DELETE FROM sla_correction WHERE id = ANY (taught);
    UPDATE sla_classification SET ask_llm_at = NULL, ask_llm_until = NULL
        WHERE message_id = ANY (said) AND ask_llm_at IS NOT NULL;
    RETURN jsonb_build_object('requests', asked, 'corrections', cardinality(taught));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("sla", "0025_purging"), ("buhbot", "0028_erasing")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION erase_requests;")]
