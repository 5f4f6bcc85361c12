"""Where a message stands in Telegram, and how the sender finds the first of each address."""

from django.db import migrations, models
from django.db.models import Q

PENDING = Q(state__in=["queued", "sending"])


class Migration(migrations.Migration):
    dependencies = [("bot", "0004_health_and_metrics")]

    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="telegram_chat_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="outgoingmessage",
            index=models.Index(fields=["chat", "id"], condition=PENDING, name="bot_outgoingmessage_by_chat"),
        ),
        migrations.AddIndex(
            model_name="outgoingmessage",
            index=models.Index(
                fields=["recipient", "id"], condition=PENDING, name="bot_outgoingmessage_by_person"
            ),
        ),
    ]
