"""An answer of staff that the client never read is known as such in the log (CLI-10)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0037_memberships")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="sender",
            field=models.CharField(
                choices=[
                    ("client", "client"),
                    ("staff", "staff"),
                    ("bot", "bot"),
                    ("anonymous_admin", "anonymous administrator"),
                    ("ignored", "channel or service"),
                    ("undelivered", "staff, not delivered"),
                ],
                max_length=16,
                verbose_name="who",
            ),
        ),
    ]
