"""Find what was processed, or was not sent, longest ago at once, for the purge (SEC-14)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("bot", "0012_suggestions")]
    operations = [
        AddIndexConcurrently(
            "inboundupdate",
            models.Index(
                fields=["processed_at"],
                condition=models.Q(state="processed"),
                name="bot_inboundupdate_processed",
            ),
        ),
        AddIndexConcurrently(
            "outgoingmessage",
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["undelivered", "cancelled"]),
                name="bot_outgoingmessage_unsent",
            ),
        ),
    ]
