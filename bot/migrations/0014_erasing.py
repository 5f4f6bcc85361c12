"""Erase one person from the inbox and the outbox (SEC-14).

What waits in the inbox is not touched. In the outbox the row stays and says nothing any more; what was not sent yet is
not sent. A message is about the person where it is said in the person's chats or tells of their requests; elsewhere
only what is sure counts, and the texts.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION erase_traffic(person bigint, words text, sure text, quotes text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
DECLARE
    places bigint[] := chats_of_person(person);
    named text[] := ARRAY(
        SELECT plain_words(name) FROM buhbot_chat, unnest(ARRAY[title, client_name]) AS name
        WHERE id = ANY (places) AND length(plain_words(name)) > 3);
    private bigint := (SELECT id FROM buhbot_chat WHERE telegram_id = person);
    own bigint[];
    about bigint[];
    received bigint;
BEGIN
    WITH gone AS (
        DELETE FROM bot_inboundupdate WHERE state <> 'pending' AND (
            lane = person OR payload @? format('strict $.** ? (@ == %s)', person)::jsonpath
            OR strings_of(payload) ~* CASE state WHEN 'processed' THEN words ELSE sure END
            OR quotes_any(strings_of(payload), quotes))
        RETURNING 1)
        SELECT count(*) INTO received FROM gone;

    own := ARRAY(SELECT id FROM bot_outgoingmessage WHERE chat_id = private);
    UPDATE bot_outgoingmessage SET edits_id = NULL WHERE edits_id = ANY (own);
    DELETE FROM bot_outgoingmessage_alerts WHERE outgoingmessage_id = ANY (own);
    DELETE FROM bot_outgoingmessage WHERE id = ANY (own);

    about := ARRAY(
        SELECT message.id FROM bot_outgoingmessage AS message, strings_of(payload) AS said
        WHERE said ~* sure OR quotes_any(said, quotes) OR error ~* sure
            OR said ~* words AND (chat_id = ANY (places) OR quotes_any(said, named) OR EXISTS (
                SELECT FROM bot_outgoingmessage_alerts JOIN sla_alert ON sla_alert.id = alert_id
                JOIN sla_request ON sla_request.id = request_id
                WHERE outgoingmessage_id = message.id AND sla_request.chat_id = ANY (places))));
    UPDATE bot_outgoingmessage SET payload = '{"text": "…"}', error = '',
        state = CASE WHEN state IN ('queued', 'sending') THEN 'cancelled' ELSE state END WHERE id = ANY (about);
    UPDATE bot_diagnosis SET telegram_id = NULL WHERE telegram_id = person;
    RETURN jsonb_build_object('received', received, 'sent', cardinality(own) + cardinality(about));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("bot", "0013_inbox_by_age"), ("buhbot", "0028_erasing"), ("sla", "0025_purging")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION erase_traffic;")]
