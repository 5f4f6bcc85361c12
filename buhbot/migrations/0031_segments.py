"""Saved segments of chats (SUR-03, STF-05)."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0030_chat_takes_broadcasts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "tiers",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Empty: any.",
                        related_name="segments",
                        to="buhbot.tier",
                        verbose_name="client tiers",
                    ),
                ),
                (
                    "accountants",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Empty: any. Substitutes do not count.",
                        related_name="segments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="accountants",
                    ),
                ),
                (
                    "labels",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Empty: any. One of those chosen is enough.",
                        related_name="segments",
                        to="buhbot.chatlabel",
                        verbose_name="labels",
                    ),
                ),
                (
                    "chats",
                    models.ManyToManyField(
                        blank=True,
                        help_text="They belong to the segment whatever is chosen above.",
                        related_name="segments",
                        to="buhbot.chat",
                        verbose_name="chats picked by hand",
                    ),
                ),
            ],
            options={
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
                "ordering": ["name"],
            },
        ),
    ]
