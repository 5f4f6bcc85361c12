"""Notices that wake who asks Telegram when somebody asks us (CHT-05)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION bot_wake_for_diagnosis() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('buhbot', 'questions'); RETURN NULL; END $$;
CREATE TRIGGER bot_diagnosis_wake AFTER INSERT ON bot_diagnosis
    FOR EACH STATEMENT EXECUTE FUNCTION bot_wake_for_diagnosis();
"""

BACKWARD = """
DROP TRIGGER bot_diagnosis_wake ON bot_diagnosis;
DROP FUNCTION bot_wake_for_diagnosis;
"""


class Migration(migrations.Migration):
    dependencies = [("bot", "0010_diagnoses")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
