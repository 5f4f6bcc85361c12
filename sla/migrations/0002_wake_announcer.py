"""Notices that wake the announcer when there is something to tell."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION sla_wake_announcer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('buhbot', 'facts'); RETURN NULL; END $$;
CREATE TRIGGER sla_alert_wake AFTER INSERT ON sla_alert
    FOR EACH STATEMENT EXECUTE FUNCTION sla_wake_announcer();
CREATE TRIGGER sla_request_wake AFTER UPDATE OF notices_outdated ON sla_request
    FOR EACH ROW WHEN (NEW.notices_outdated) EXECUTE FUNCTION sla_wake_announcer();
"""

BACKWARD = """
DROP TRIGGER sla_request_wake ON sla_request;
DROP TRIGGER sla_alert_wake ON sla_alert;
DROP FUNCTION sla_wake_announcer;
"""


class Migration(migrations.Migration):
    dependencies = [("sla", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
