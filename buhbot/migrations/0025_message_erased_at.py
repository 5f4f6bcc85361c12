"""Marks messages whose client was erased: a late edit of theirs is not kept (SEC-14)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0024_bot_rights_are_asked")]
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
