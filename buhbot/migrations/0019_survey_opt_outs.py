"""Clients who want no surveys (CLI-09)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0018_assignments_of_before"),
    ]

    operations = [
        migrations.CreateModel(
            name="SurveyOptOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("telegram_id", models.BigIntegerField(unique=True, verbose_name="Telegram id")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="name in Telegram")),
                ("since", models.DateTimeField(verbose_name="since")),
            ],
            options={
                "verbose_name": "opt-out of surveys",
                "verbose_name_plural": "opt-outs of surveys",
                "ordering": ["-since"],
            },
        ),
    ]
