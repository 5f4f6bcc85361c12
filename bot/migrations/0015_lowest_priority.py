"""The lowest priority is that of broadcasts too (STF-05); a word only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bot", "0014_erasing"),
    ]

    operations = [
        migrations.AlterField(
            model_name="outgoingmessage",
            name="priority",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "button answer"), (10, "alert"), (20, "reply"), (30, "survey or broadcast")],
                default=20,
                verbose_name="priority",
            ),
        ),
    ]
