"""Wakes the bot for an update only where it may sleep: while more than 20 updates wait, it is at work (PERF-01).

Postgres lets transactions that notify commit one after the other, each with a write to the disk of its own; without
a notice they share it. Should the bot have gone to sleep in that very moment, it looks again within a second.
"""

from django.db import migrations

RECEIVE = """
CREATE OR REPLACE FUNCTION receive_update(update_id bigint, lane bigint, payload jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
BEGIN
    INSERT INTO bot_inboundupdate (update_id, lane, payload, state, attempts, error)
    VALUES (receive_update.update_id, receive_update.lane, receive_update.payload, 'pending', 0, '')
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    {wake}
    RETURN true;
END $$;
"""
# In the order of the index of what waits, so that never more than its beginning is read.
WAKE = """IF NOT EXISTS (
        SELECT FROM bot_inboundupdate AS waiting WHERE waiting.state = 'pending'
        ORDER BY waiting.lane, waiting.update_id OFFSET 20 LIMIT 1
    ) THEN
        PERFORM pg_notify('buhbot', 'inbox');
    END IF;"""
WAKE_ALWAYS = "PERFORM pg_notify('buhbot', 'inbox');"


class Migration(migrations.Migration):
    dependencies = [("bot", "0005_outgoingmessage_where")]
    operations = [migrations.RunSQL(RECEIVE.format(wake=WAKE), RECEIVE.format(wake=WAKE_ALWAYS))]
