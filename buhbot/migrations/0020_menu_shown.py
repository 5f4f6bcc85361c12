"""Which menu of commands Telegram shows a person (BOT-08)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0019_survey_opt_outs")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="menu_shown",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=32),
        )
    ]
