"""Whether a request was opened in the chat or from a private message to the bot (CLI-10)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla", "0028_called")]

    operations = [
        migrations.AddField(
            model_name="request",
            name="origin",
            field=models.CharField(
                choices=[("chat", "the chat"), ("private", "a private message to the bot")],
                db_default="chat",
                default="chat",
                max_length=16,
                verbose_name="opened from",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(origin__in=["chat", "private"]), name="sla_request_origin_known"
            ),
        ),
    ]
