"""What each person wants to be told of, and which switches only managers change (STF-06)."""

import django.contrib.postgres.fields
from django.db import migrations, models

KINDS = [
    ("warnings", "warnings: little time is left"),
    ("breaches", "missed targets and escalations"),
    ("digest", "the digest of the morning"),
    ("assignments", "new chats to look after"),
]


def switch(name: str, words: str) -> migrations.AddField:
    field = models.BooleanField(default=True, db_default=True, verbose_name=words)
    return migrations.AddField(model_name="user", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0015_chat_is_bot_admin")]
    operations = [
        switch("wants_warnings", "warnings in Telegram"),
        switch("wants_breaches", "missed targets in Telegram"),
        switch("wants_assignments", "new chats in Telegram"),
        migrations.AddField(
            model_name="user",
            name="locked_notices",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=KINDS, max_length=16),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="switches that only managers change",
            ),
        ),
    ]
