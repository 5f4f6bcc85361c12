"""Low ratings wake the announcer, so that managers hear of them at once (SUR-09)."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER feedback_followup_wake AFTER INSERT ON feedback_followup
    FOR EACH STATEMENT EXECUTE FUNCTION sla_wake_announcer();
CREATE TRIGGER feedback_followup_outdated AFTER UPDATE OF notices_outdated ON feedback_followup
    FOR EACH ROW WHEN (NEW.notices_outdated) EXECUTE FUNCTION sla_wake_announcer();
"""

BACKWARD = """
DROP TRIGGER feedback_followup_outdated ON feedback_followup;
DROP TRIGGER feedback_followup_wake ON feedback_followup;
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_surveys"), ("sla", "0021_reason_in_measures")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
