"""Questions of what is wrong with a chat, until they are answered (CHT-05)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bot", "0009_outgoingmessage_without_alert"),
        ("buhbot", "0018_assignments_of_before"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Diagnosis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "telegram_id",
                    models.BigIntegerField(
                        blank=True, help_text="Empty: an anonymous administrator.", null=True
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="diagnoses",
                        to="buhbot.chat",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="diagnoses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "diagnosis",
                "verbose_name_plural": "diagnoses",
                "indexes": [
                    models.Index(
                        condition=models.Q(("answered_at", None)),
                        fields=["id"],
                        name="bot_diagnosis_unanswered",
                    )
                ],
            },
        ),
    ]
