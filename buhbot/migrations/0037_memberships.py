"""Who is a member of which group, and the chat that a client of several has chosen (CLI-05)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0036_private_conversations")]

    operations = [
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("telegram_id", models.BigIntegerField(db_index=True, verbose_name="Telegram id")),
                ("is_member", models.BooleanField(verbose_name="member")),
                ("since", models.DateTimeField(verbose_name="since")),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="buhbot.chat",
                        verbose_name="chat",
                    ),
                ),
            ],
            options={
                "verbose_name": "member of a chat",
                "verbose_name_plural": "members of chats",
            },
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=["chat", "telegram_id"], name="buhbot_membership_once"),
        ),
        migrations.CreateModel(
            name="ChosenChat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("telegram_id", models.BigIntegerField(unique=True, verbose_name="Telegram id")),
                ("chosen_at", models.DateTimeField(verbose_name="chosen")),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chosen_by",
                        to="buhbot.chat",
                        verbose_name="chat",
                    ),
                ),
            ],
            options={
                "verbose_name": "chosen chat",
                "verbose_name_plural": "chosen chats",
            },
        ),
    ]
