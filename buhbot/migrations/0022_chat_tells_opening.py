"""Whether a chat is answered out of hours may differ from what the firm does (CLI-07)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0021_chat_sends_receipts")]

    operations = [
        migrations.AddField(
            model_name="chat",
            name="tells_opening",
            field=models.BooleanField(
                blank=True,
                choices=[(None, "as in the settings of the firm"), (True, "yes"), (False, "no")],
                help_text="Once an evening the bot tells the client when you are back.",
                null=True,
                verbose_name="answer out of hours",
            ),
        ),
    ]
