"""Finds the chats in which a client has written (CLI-05)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("buhbot", "0023_memberships")]
    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["sender_id", "chat", "sent_at"],
                condition=models.Q(sender="client"),
                name="buhbot_message_of_client",
            ),
        ),
    ]
