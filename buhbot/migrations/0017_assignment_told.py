"""Whether a person was told of a chat to look after (STF-06)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0016_wanted_notices")]
    operations = [
        migrations.AddField(
            model_name="assignment",
            name="told_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="staff member told"
            ),
        )
    ]
