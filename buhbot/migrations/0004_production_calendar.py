"""Whether a calendar follows the Russian production calendar (WT-09)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0003_own_chats")]
    operations = [
        migrations.AddField(
            model_name="calendar",
            name="follows_production_calendar",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Holidays, transfers and short days come by themselves; days edited by hand stay.",
                verbose_name="follows the Russian production calendar",
            ),
        ),
    ]
