"""Requests without texts and people, for the figures of observers, who may read no request (SEC-03, ADM-07)."""

from django.db import migrations, models

VIEW = """
CREATE VIEW sla_requestmeasure AS
SELECT id, chat_id, state, opened_at, due_at, warned_at, paused_at, paused_seconds, closed_at, response_seconds,
    target_minutes, calendar_version_id
FROM sla_request;
"""


class Migration(migrations.Migration):
    dependencies = [("sla", "0017_invitations"), ("buhbot", "0012_message_of_staff")]
    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW sla_requestmeasure;"),
        migrations.CreateModel(
            name="RequestMeasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={"managed": False, "db_table": "sla_requestmeasure"},
        ),
    ]
