"""The one statement with which the webhook stores an update, and the notices that wake the bot (BOT-02)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION receive_update(update_id bigint, lane bigint, payload jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
BEGIN
    INSERT INTO bot_inboundupdate (update_id, lane, payload, state, attempts, error)
    VALUES (receive_update.update_id, receive_update.lane, receive_update.payload, 'pending', 0, '')
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM pg_notify('buhbot', 'inbox');
    RETURN true;
END $$;

CREATE FUNCTION bot_check_audience() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
BEGIN
    IF NEW.audience = 'staff' AND NOT EXISTS
        (SELECT FROM buhbot_user WHERE id = NEW.recipient_id AND telegram_id IS NOT NULL) THEN
        RAISE check_violation USING MESSAGE = 'a staff notice needs a person who is linked to Telegram',
            CONSTRAINT = 'bot_outgoingmessage_staff_is_linked';
    END IF;
    IF NEW.audience <> 'staff' AND NOT EXISTS
        (SELECT FROM buhbot_chat WHERE id = NEW.chat_id AND is_team = (NEW.audience = 'team_chat')) THEN
        RAISE check_violation USING MESSAGE = 'the chat is not of the audience',
            CONSTRAINT = 'bot_outgoingmessage_chat_is_of_audience';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bot_outgoingmessage_audience BEFORE INSERT OR UPDATE OF audience, chat_id, recipient_id
    ON bot_outgoingmessage FOR EACH ROW EXECUTE FUNCTION bot_check_audience();

CREATE FUNCTION bot_wake_sender() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('buhbot', 'outbox'); RETURN NULL; END $$;
CREATE TRIGGER bot_outgoingmessage_wake AFTER INSERT ON bot_outgoingmessage
    FOR EACH STATEMENT EXECUTE FUNCTION bot_wake_sender();
"""

BACKWARD = """
DROP TRIGGER bot_outgoingmessage_wake ON bot_outgoingmessage;
DROP FUNCTION bot_wake_sender;
DROP TRIGGER bot_outgoingmessage_audience ON bot_outgoingmessage;
DROP FUNCTION bot_check_audience;
DROP FUNCTION receive_update;
"""


class Migration(migrations.Migration):
    dependencies = [("bot", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
