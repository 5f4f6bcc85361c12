"""A client may want no broadcasts (STF-05)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0029_chat_labels"),
    ]

    operations = [
        migrations.AddField(
            model_name="chat",
            name="takes_broadcasts",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Off: the client wants none; the chat is left out of them.",
                verbose_name="broadcasts",
            ),
        ),
    ]
