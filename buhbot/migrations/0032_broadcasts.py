"""Broadcasts and what becomes of their copies (STF-05)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0031_segments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Broadcast",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("all", "all clients' chats"),
                            ("segment", "a segment"),
                            ("picked", "chats picked by hand"),
                        ],
                        default="all",
                        max_length=16,
                        verbose_name="to whom",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="For the list; clients do not see it.", max_length=100, verbose_name="title"
                    ),
                ),
                ("text", models.TextField(max_length=10000, verbose_name="text")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("scheduled", "scheduled"),
                            ("sending", "being sent"),
                            ("done", "sent"),
                            ("stopped", "stopped"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                (
                    "start_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="start"),
                ),
                (
                    "started_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="started"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="finished"),
                ),
                (
                    "chats",
                    models.ManyToManyField(
                        blank=True,
                        related_name="%(class)ss",
                        to="buhbot.chat",
                        verbose_name="chats picked by hand",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="broadcasts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
                (
                    "segment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="buhbot.segment",
                        verbose_name="segment",
                    ),
                ),
            ],
            options={
                "verbose_name": "broadcast",
                "verbose_name_plural": "broadcasts",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="BroadcastDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("queued", "being sent"),
                            ("sent", "delivered"),
                            ("failed", "not delivered"),
                            ("skipped", "left out"),
                            ("stopped", "stopped"),
                        ],
                        default="waiting",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        help_text="Of LeftOut or NotArrived.",
                        max_length=32,
                        verbose_name="reason",
                    ),
                ),
                ("telegram_chat_id", models.BigIntegerField(blank=True, null=True)),
                ("telegram_message_id", models.BigIntegerField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                (
                    "broadcast",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="buhbot.broadcast",
                    ),
                ),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_set",
                        to="buhbot.chat",
                        verbose_name="chat",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery of a broadcast",
                "verbose_name_plural": "deliveries of broadcasts",
            },
        ),
        migrations.AddIndex(
            model_name="broadcast",
            index=models.Index(
                condition=models.Q(("state__in", ["scheduled", "sending", "stopped"])),
                fields=["start_at"],
                name="buhbot_broadcast_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcast",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "scheduled", "sending", "done", "stopped"])),
                name="buhbot_broadcast_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcast",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["all", "segment", "picked"])),
                name="buhbot_broadcast_audience_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcast",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "draft"), ("start_at__isnull", False), _connector="OR"),
                name="buhbot_broadcast_starts_at_some_time",
            ),
        ),
        migrations.AddIndex(
            model_name="broadcastdelivery",
            index=models.Index(fields=["broadcast", "state"], name="buhbot_broadcastdelivery_state"),
        ),
        migrations.AddIndex(
            model_name="broadcastdelivery",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "queued"])),
                fields=["id"],
                name="buhbot_broadcastdelivery_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastdelivery",
            constraint=models.UniqueConstraint(
                fields=("broadcast", "chat"), name="buhbot_broadcastdelivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="broadcastdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "queued", "sent", "failed", "skipped", "stopped"])
                ),
                name="buhbot_broadcastdelivery_state_known",
            ),
        ),
    ]
