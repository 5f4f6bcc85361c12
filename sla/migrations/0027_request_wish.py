"""What the client ordered by buttons stands on the request (CLI-04, CLI-08)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sla", "0026_erasing"),
    ]

    operations = [
        migrations.AddField(
            model_name="request",
            name="wish",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the client ordered by buttons of the menu; empty: only written (CLI-04, CLI-08).",
                max_length=200,
                verbose_name="ordered by a button",
            ),
        ),
    ]
