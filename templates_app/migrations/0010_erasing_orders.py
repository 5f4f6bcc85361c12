"""Erase the orders of one person too, and their name from the answers of others (SEC-14)."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION erase_files(person bigint, words text, quotes text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    said bigint[] := messages_of_person(person);
    places bigint[] := chats_of_person(person);
    sent bigint[] := ARRAY(SELECT id FROM templates_app_receivedfile WHERE message_id = ANY (said));
    asked bigint;
    ordered bigint;
BEGIN
    PERFORM forget_audited('templates_app.receivedfile', sent), discard_files(sent);
    WITH gone AS (DELETE FROM templates_app_unansweredquestion WHERE message_id = ANY (said) RETURNING 1)
        SELECT count(*) INTO asked FROM gone;
    WITH gone AS (DELETE FROM templates_app_serviceorder WHERE person_id = person RETURNING 1)
        SELECT count(*) INTO ordered FROM gone;
    -- what others answered of the person
    UPDATE templates_app_serviceorder SET answers = (
            SELECT jsonb_agg(without_words(answer, words, quotes) ORDER BY place)
            FROM jsonb_array_elements_text(answers) WITH ORDINALITY AS given (answer, place))
        WHERE chat_id = ANY (places) AND (strings_of(answers) ~* words OR quotes_any(strings_of(answers), quotes));
    UPDATE templates_app_fileevent AS event SET note = without_words(event.note, words, quotes)
        FROM templates_app_receivedfile AS file WHERE file.id = file_id AND chat_id = ANY (places)
        AND (event.note ~* words OR quotes_any(event.note, quotes));
    UPDATE templates_app_receivedfile SET note = without_words(note, words, quotes),
        name = without_words(name, words, quotes)
        WHERE chat_id = ANY (places) AND (concat_ws(' ', name, note) ~* words
            OR quotes_any(concat_ws(' ', name, note), quotes));
    RETURN jsonb_build_object('files', cardinality(sent), 'questions', asked, 'orders', ordered);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("templates_app", "0009_first_quick_buttons")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
