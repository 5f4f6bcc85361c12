"""Finds the oldest messages at once, for the purge (SEC-14)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("buhbot", "0025_message_erased_at")]
    operations = [
        AddIndexConcurrently("message", models.Index(fields=["sent_at", "id"], name="buhbot_message_by_age")),
    ]
