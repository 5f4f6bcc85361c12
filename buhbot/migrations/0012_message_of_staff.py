"""Finds the last words of staff in a topic at once, however much clients wrote since (PERF-09)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("buhbot", "0011_absence_told")]
    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["chat", "topic_id", "sent_at"],
                condition=models.Q(sender="staff"),
                name="buhbot_message_of_staff",
            ),
        ),
    ]
