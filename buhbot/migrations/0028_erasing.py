"""Erase one person from the ground floor, and what the rooms above need for their part of it (SEC-14).

`words` is a regular expression of the person's names, number and public name; `sure` leaves out names of one word,
which others may have too: those count only in the chats of the person. `quotes` are the beginnings of the texts, in
plain words. Marks are named one by one, as character classes know no Russian in a database of the locale C.
"""

from django.db import migrations

PLAIN = r"""
CREATE FUNCTION plain_words(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT btrim(regexp_replace(
        regexp_replace(value, '<[^>]*>|&#?[a-z0-9]+;', ' ', 'g'),
        '[\s!-/:-@\[-`{-~«»„“”‘’…—–№]+', ' ', 'g'))
$$;

CREATE FUNCTION quotes_any(value text, quotes text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (SELECT FROM plain_words(value) AS plain, unnest(quotes) AS quote WHERE strpos(plain, quote) > 0)
$$;

CREATE FUNCTION strings_of(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(string_agg(found #>> '{}', ' '), '')
    FROM jsonb_path_query(value, 'strict $.** ? (@.type() == "string" || @.type() == "number")') AS found
$$;

CREATE FUNCTION without_words(value text, words text, quotes text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN quotes_any(value, quotes) THEN '…' ELSE regexp_replace(value, words, '…', 'gi') END $$;

CREATE FUNCTION messages_of_person(person bigint) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = buhbot, pg_temp AS
$$ SELECT ARRAY(SELECT id FROM buhbot_message WHERE sender_id = person AND staff_id IS NULL) $$;

CREATE FUNCTION chats_of_person(person bigint) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = buhbot, pg_temp AS $$
    SELECT ARRAY(SELECT id FROM buhbot_chat WHERE telegram_id = person
        UNION SELECT chat_id FROM buhbot_message WHERE sender_id = person AND staff_id IS NULL)
$$;

CREATE FUNCTION forget_audited(label text, ids bigint[]) RETURNS void
LANGUAGE sql SET search_path = buhbot, pg_temp AS $$
    UPDATE buhbot_auditentry SET object_name = '…', note = '', changes = '[]'
    WHERE model = label AND object_id = ANY (ids::text[]);
    UPDATE django_admin_log SET object_repr = '…', change_message = ''
    WHERE object_id = ANY (ids::text[]) AND content_type_id =
        (SELECT id FROM django_content_type WHERE app_label || '.' || model = label);
$$;
"""
ERASE = """
CREATE FUNCTION erase_person(person bigint, words text, sure text, quotes text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    said bigint[] := messages_of_person(person);
    places bigint[] := chats_of_person(person);
    private bigint;
    revised bigint;
    audited bigint;
BEGIN
    WITH gone AS (DELETE FROM buhbot_messagerevision WHERE message_id = ANY (said) RETURNING 1)
        SELECT count(*) INTO revised FROM gone;
    UPDATE buhbot_message SET text = '', sender_id = NULL, sender_name = '', file_id = '', file_unique_id = '',
        file_name = '', media_group_id = '', erased_at = now() WHERE id = ANY (said);
    -- what others said of the person, and the bot of the person's words
    UPDATE buhbot_message SET text = without_words(text, words, quotes) WHERE chat_id = ANY (places)
        AND text <> '' AND (text ~* words OR quotes_any(text, quotes));
    UPDATE buhbot_messagerevision AS revision SET text = without_words(revision.text, words, quotes)
        FROM buhbot_message AS message WHERE message.id = message_id AND chat_id = ANY (places)
        AND (revision.text ~* words OR quotes_any(revision.text, quotes));
    DELETE FROM buhbot_surveyoptout WHERE telegram_id = person;

    SELECT id INTO private FROM buhbot_chat WHERE telegram_id = person;
    -- Telegram's numbers have 52 bits, so this one is nobody's
    UPDATE buhbot_message SET telegram_chat_id = -(2 ^ 62)::bigint - private
        WHERE chat_id = private AND telegram_chat_id = person;
    UPDATE buhbot_chat SET telegram_id = -(2 ^ 62)::bigint - private, title = '—', username = '', client_name = '',
        life_cycle = 'deleted', is_monitored = false, unreachable_reason = '' WHERE id = private;

    PERFORM forget_audited('buhbot.message', said), forget_audited('buhbot.chat', ARRAY[private]);
    WITH changed AS (
        UPDATE buhbot_auditentry SET who = CASE WHEN actor_id IS NULL THEN without_words(who, words, quotes)
                ELSE who END,
            object_name = without_words(object_name, sure, quotes), note = without_words(note, sure, quotes),
            changes = CASE WHEN strings_of(changes) ~* sure OR quotes_any(strings_of(changes), quotes)
                THEN '[]' ELSE changes END
        WHERE concat_ws(' ', object_name, note, strings_of(changes)) ~* sure
            OR actor_id IS NULL AND who ~* words
            OR quotes_any(concat_ws(' ', object_name, note, strings_of(changes)), quotes)
        RETURNING 1)
        SELECT count(*) INTO audited FROM changed;
    UPDATE django_admin_log SET object_repr = without_words(object_repr, sure, quotes),
        change_message = without_words(change_message, sure, quotes)
        WHERE concat_ws(' ', object_repr, change_message) ~* sure
            OR quotes_any(concat_ws(' ', object_repr, change_message), quotes);
    RETURN jsonb_build_object('messages', cardinality(said), 'revisions', revised, 'audited', audited,
        'private', (private IS NOT NULL)::int);
END $$;
"""
BACKWARD = """
DROP FUNCTION erase_person;
DROP FUNCTION forget_audited;
DROP FUNCTION chats_of_person;
DROP FUNCTION messages_of_person;
DROP FUNCTION without_words;
DROP FUNCTION strings_of;
DROP FUNCTION quotes_any;
DROP FUNCTION plain_words;
"""


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0027_purging")]
    operations = [migrations.RunSQL(PLAIN + ERASE, BACKWARD)]
