"""Whether the bot is an administrator of the chat, as Telegram last told (ADM-04)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0014_audit_entries")]

    operations = [
        migrations.AddField(
            model_name="chat",
            name="is_bot_admin",
            field=models.BooleanField(
                blank=True,
                editable=False,
                help_text="Unknown until Telegram tells of a change of the bot's rights.",
                null=True,
                verbose_name="the bot is an administrator",
            ),
        ),
    ]
