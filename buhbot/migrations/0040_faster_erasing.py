"""Look for the quotes of a person only in texts that have a word of theirs: many quotes are dear to look for (SEC-14).

Each quote stands for its longest word; a text without any of these words holds no quote. Words at the end of a quote
may be cut, so they do not count where it is as long as quotes get (`buhbot/erasing.py: LONGEST_QUOTE`).
"""

from django.db import migrations

SIEVE = r"""
CREATE OR REPLACE FUNCTION heads_of(quotes text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(head, true), '{}') FROM (
        SELECT DISTINCT coalesce((
            SELECT word FROM unnest(string_to_array(quote, ' ')) WITH ORDINALITY AS found (word, place)
            WHERE length(quote) < 40 OR place < cardinality(string_to_array(quote, ' '))
            ORDER BY length(word) DESC LIMIT 1), '') AS head
        FROM unnest(quotes) AS quote) AS heads
$$;

CREATE OR REPLACE FUNCTION may_quote(value text, heads jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT heads ? '' OR heads ?| string_to_array(plain_words(value), ' ') $$;

CREATE OR REPLACE FUNCTION flat(value jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT replace(replace(replace(replace(replace(value::text,
        '\n', ' '), '\r', ' '), '\t', ' '), '\"', '"'), '\\', '\')
$$;
"""
ERASE = """
CREATE OR REPLACE FUNCTION erase_person(person bigint, words text, sure text, quotes text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    said bigint[] := messages_of_person(person);
    places bigint[] := chats_of_person(person);
    heads jsonb := heads_of(quotes);
    journals bigint[];
    history bigint[];
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
        AND text <> '' AND (text ~* words OR may_quote(text, heads) AND quotes_any(text, quotes));
    UPDATE buhbot_messagerevision AS revision SET text = without_words(revision.text, words, quotes)
        FROM buhbot_message AS message WHERE message.id = message_id AND chat_id = ANY (places)
        AND (revision.text ~* words OR may_quote(revision.text, heads) AND quotes_any(revision.text, quotes));
    DELETE FROM buhbot_surveyoptout WHERE telegram_id = person;

    SELECT id INTO private FROM buhbot_chat WHERE telegram_id = person;
    -- Telegram's numbers have 52 bits, so this one is nobody's
    UPDATE buhbot_message SET telegram_chat_id = -(2 ^ 62)::bigint - private
        WHERE chat_id = private AND telegram_chat_id = person;
    UPDATE buhbot_chat SET telegram_id = -(2 ^ 62)::bigint - private, title = '—', username = '', client_name = '',
        life_cycle = 'deleted', is_monitored = false, unreachable_reason = '' WHERE id = private;

    PERFORM forget_audited('buhbot.message', said), forget_audited('buhbot.chat', ARRAY[private]);
    journals := ARRAY(
        SELECT id FROM (SELECT id, who, concat_ws(' ', object_name, note, flat(changes)) AS written
            FROM buhbot_auditentry OFFSET 0) AS entry
        WHERE written ~* sure OR who ~* words OR may_quote(written, heads));
    WITH changed AS (
        UPDATE buhbot_auditentry SET who = CASE WHEN actor_id IS NULL THEN without_words(who, words, quotes)
                ELSE who END,
            object_name = without_words(object_name, sure, quotes), note = without_words(note, sure, quotes),
            changes = CASE WHEN strings_of(changes) ~* sure OR quotes_any(strings_of(changes), quotes)
                THEN '[]' ELSE changes END
        WHERE id = ANY (journals) AND (concat_ws(' ', object_name, note, strings_of(changes)) ~* sure
            OR actor_id IS NULL AND who ~* words
            OR quotes_any(concat_ws(' ', object_name, note, strings_of(changes)), quotes))
        RETURNING 1)
        SELECT count(*) INTO audited FROM changed;
    history := ARRAY(
        SELECT id FROM (SELECT id, concat_ws(' ', object_repr, change_message) AS written
            FROM django_admin_log OFFSET 0) AS entry
        WHERE written ~* sure OR may_quote(written, heads) AND quotes_any(written, quotes));
    UPDATE django_admin_log SET object_repr = without_words(object_repr, sure, quotes),
        change_message = without_words(change_message, sure, quotes)
        WHERE id = ANY (history);
    RETURN jsonb_build_object('messages', cardinality(said), 'revisions', revised, 'audited', audited,
        'private', (private IS NOT NULL)::int);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0039_message_by_person")]
    operations = [migrations.RunSQL(SIEVE + ERASE, migrations.RunSQL.noop)]
