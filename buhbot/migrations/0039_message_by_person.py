"""Finds all messages of a person at once, whatever the sender counts as: for the erasure of a client (SEC-14)."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("buhbot", "0038_undelivered_answers")]
    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["sender_id", "sent_at"],
                condition=models.Q(sender_id__isnull=False),
                name="buhbot_message_by_person",
            ),
        ),
        RemoveIndexConcurrently("message", "buhbot_message_by_client"),
    ]
