"""Look for quotes only in traffic that has a word of them: many quotes are dear to look for (SEC-14)."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION erase_traffic(person bigint, words text, sure text, quotes text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    places bigint[] := chats_of_person(person);
    named text[] := ARRAY(
        SELECT plain_words(name) FROM buhbot_chat, unnest(ARRAY[title, client_name]) AS name
        WHERE id = ANY (places) AND length(plain_words(name)) > 3);
    private bigint := (SELECT id FROM buhbot_chat WHERE telegram_id = person);
    heads jsonb := heads_of(quotes);
    perhaps bigint[];
    own bigint[];
    about bigint[];
    received bigint;
BEGIN
    perhaps := ARRAY(
        SELECT id FROM (SELECT id, lane, flat(payload) AS said FROM bot_inboundupdate OFFSET 0) AS update
        WHERE lane = person OR said ~* words OR may_quote(said, heads));
    WITH gone AS (
        DELETE FROM bot_inboundupdate WHERE id = ANY (perhaps) AND state <> 'pending' AND (
            lane = person OR strings_of(payload) ~* CASE state WHEN 'processed' THEN words ELSE sure END
            OR quotes_any(strings_of(payload), quotes))
        RETURNING 1)
        SELECT count(*) INTO received FROM gone;

    own := ARRAY(SELECT id FROM bot_outgoingmessage WHERE chat_id = private);
    UPDATE bot_outgoingmessage SET edits_id = NULL WHERE edits_id = ANY (own);
    DELETE FROM bot_outgoingmessage_alerts WHERE outgoingmessage_id = ANY (own);
    DELETE FROM bot_outgoingmessage WHERE id = ANY (own);

    perhaps := ARRAY(
        SELECT id FROM (SELECT id, error, flat(payload) AS said FROM bot_outgoingmessage OFFSET 0) AS message
        WHERE said ~* words OR error ~* sure OR may_quote(said, heads));
    about := ARRAY(
        SELECT message.id FROM bot_outgoingmessage AS message, strings_of(payload) AS said
        WHERE message.id = ANY (perhaps) AND (said ~* sure OR quotes_any(said, quotes) OR error ~* sure
            OR said ~* words AND (chat_id = ANY (places) OR quotes_any(said, named) OR EXISTS (
                SELECT FROM bot_outgoingmessage_alerts JOIN sla_alert ON sla_alert.id = alert_id
                JOIN sla_request ON sla_request.id = request_id
                WHERE outgoingmessage_id = message.id AND sla_request.chat_id = ANY (places)))));
    UPDATE bot_outgoingmessage SET payload = '{"text": "…"}', error = '',
        state = CASE WHEN state IN ('queued', 'sending') THEN 'cancelled' ELSE state END WHERE id = ANY (about);
    UPDATE bot_diagnosis SET telegram_id = NULL WHERE telegram_id = person;
    RETURN jsonb_build_object('received', received, 'sent', cardinality(own) + cardinality(about));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("bot", "0018_erasing_private"), ("buhbot", "0040_faster_erasing")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
