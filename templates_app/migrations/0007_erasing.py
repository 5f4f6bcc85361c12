"""Erase the files of one person, and the questions that nobody answered (SEC-14)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION erase_files(person bigint, words text, quotes text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    said bigint[] := messages_of_person(person);
    places bigint[] := chats_of_person(person);
    sent bigint[] := ARRAY(SELECT id FROM templates_app_receivedfile WHERE message_id = ANY (said));
    asked bigint;
BEGIN
    PERFORM forget_audited('templates_app.receivedfile', sent), discard_files(sent);
    WITH gone AS (DELETE FROM templates_app_unansweredquestion WHERE message_id = ANY (said) RETURNING 1)
        SELECT count(*) INTO asked FROM gone;
    UPDATE templates_app_fileevent AS event SET note = without_words(event.note, words, quotes)
        FROM templates_app_receivedfile AS file WHERE file.id = file_id AND chat_id = ANY (places)
        AND (event.note ~* words OR quotes_any(event.note, quotes));
    UPDATE templates_app_receivedfile SET note = without_words(note, words, quotes),
        name = without_words(name, words, quotes)
        WHERE chat_id = ANY (places) AND (concat_ws(' ', name, note) ~* words
            OR quotes_any(concat_ws(' ', name, note), quotes));
    RETURN jsonb_build_object('files', cardinality(sent), 'questions', asked);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("templates_app", "0006_purging"), ("buhbot", "0028_erasing")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION erase_files;")]
