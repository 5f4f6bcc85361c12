"""Finds in which chats somebody has written lately (CLI-06)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("buhbot", "0022_chat_tells_opening")]
    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["sender_id", "sent_at"],
                condition=models.Q(sender="client"),
                name="buhbot_message_by_client",
            ),
        ),
    ]
