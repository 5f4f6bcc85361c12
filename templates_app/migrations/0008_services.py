"""Services on offer, quick buttons, orders on their way (SRV-01, CLI-04, CLI-08)."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import templates_app.models.services


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0021_chat_sends_receipts"),
        ("templates_app", "0007_erasing"),
    ]

    operations = [
        migrations.CreateModel(
            name="QuickButton",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="As clients read it, such as 📄 Act.",
                        max_length=40,
                        unique=True,
                        verbose_name="button",
                    ),
                ),
                (
                    "wish",
                    models.CharField(
                        help_text="As the accountant reads it in the request.",
                        max_length=100,
                        verbose_name="what is ordered",
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True, verbose_name="enabled")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "quick button",
                "verbose_name_plural": "quick buttons",
                "ordering": ["position", "label"],
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="service")),
                (
                    "description",
                    models.TextField(
                        blank=True,
                        max_length=1000,
                        validators=[django.core.validators.MaxLengthValidator(1000)],
                        verbose_name="description",
                    ),
                ),
                (
                    "price",
                    models.CharField(
                        blank=True,
                        help_text="As clients read it: from 5,000 ₽.",
                        max_length=100,
                        verbose_name="price line",
                    ),
                ),
                (
                    "fields",
                    models.TextField(
                        blank=True,
                        help_text="One a line: the bot asks for them one after another. Empty: the order needs no more.",
                        max_length=2000,
                        validators=[templates_app.models.services.require_fields],
                        verbose_name="fields to ask for",
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True, verbose_name="enabled")),
                ("position", models.PositiveIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "service",
                "verbose_name_plural": "services",
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="ServiceOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic_id", models.BigIntegerField(default=0, verbose_name="topic")),
                ("person_id", models.BigIntegerField(verbose_name="Telegram id")),
                ("fields", models.JSONField(default=list)),
                ("answers", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asking", "the fields are asked for"),
                            ("ordered", "ordered"),
                            ("cancelled", "cancelled"),
                            ("expired", "not finished"),
                        ],
                        default="asking",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("asked_at", models.DateTimeField(verbose_name="last question")),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="service_orders",
                        to="buhbot.chat",
                        verbose_name="client",
                    ),
                ),
                (
                    "said_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="service_dialogues",
                        to="buhbot.chat",
                        verbose_name="chat",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="orders",
                        to="templates_app.service",
                        verbose_name="service",
                    ),
                ),
            ],
            options={
                "verbose_name": "order of a service",
                "verbose_name_plural": "orders of services",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asking", "ordered", "cancelled", "expired"])),
                        name="templates_app_serviceorder_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asking")),
                        fields=("said_in", "person_id"),
                        name="templates_app_serviceorder_one_asked",
                    ),
                ],
            },
        ),
    ]
