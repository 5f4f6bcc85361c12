"""What the bot has told of an absence: to the substitute, and of chats that it leaves without anybody (STF-03)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0010_colleagues")]
    operations = [
        migrations.AddField(
            model_name="absence",
            name="told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="substitute told"),
        ),
        migrations.AddField(
            model_name="absence",
            name="gaps_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="managers told"),
        ),
    ]
