"""Messages that a client and the firm exchange through the bot in private (CLI-10)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0035_supabase_id")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="private_with",
            field=models.BigIntegerField(
                blank=True,
                help_text="Telegram id of the client with whom it was said in private; empty: said in the chat.",
                null=True,
                verbose_name="in private with",
            ),
        ),
    ]
