"""Marks messages whose client was erased: a late edit of theirs is not kept (SEC-14)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0021_chat_sends_receipts")]
    operations = [
        migrations.AddField(
            model_name="message",
            name="erased_at",
            field=models.DateTimeField(
                blank=True,
                help_text="At the request of the client; nothing is kept but the time.",
                null=True,
                verbose_name="erased",
            ),
        ),
    ]
