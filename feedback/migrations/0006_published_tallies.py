"""Figures of surveys that are over, counted once for those who may know aggregates only (FBK-03)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0005_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PublishedTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "counts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(),
                        help_text="By rating, from 0; empty: never told.",
                        size=None,
                    ),
                ),
                ("delivered", models.PositiveIntegerField()),
                ("chats", models.PositiveIntegerField()),
                ("safe_for", models.PositiveIntegerField()),
                ("comments_safe_for", models.PositiveIntegerField()),
                ("published_at", models.DateTimeField()),
                (
                    "accountant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published",
                        to="feedback.survey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("survey", "accountant"), name="feedback_published_once", nulls_distinct=False
                    )
                ],
            },
        ),
    ]
