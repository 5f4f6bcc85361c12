"""The rights of the bot in a group are asked of Telegram (CHT-05)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0023_message_by_client")]

    operations = [
        migrations.AlterField(
            model_name="chat",
            name="is_bot_admin",
            field=models.BooleanField(
                blank=True,
                editable=False,
                help_text="Unknown until the bot has asked Telegram.",
                null=True,
                verbose_name="the bot is an administrator",
            ),
        ),
    ]
