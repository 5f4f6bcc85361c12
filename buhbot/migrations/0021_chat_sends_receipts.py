"""Receipts for files can be switched off for a chat (FIL-01)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0020_menu_shown"),
    ]

    operations = [
        migrations.AddField(
            model_name="chat",
            name="sends_receipts",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="The bot replies to each file of the client that it was received.",
                verbose_name="receipts for files",
            ),
        ),
    ]
