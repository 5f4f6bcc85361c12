"""Finds the closed requests in whose life a late message falls at once, however long the history (PERF-09)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sla", "0010_duty_changed")]
    operations = [
        AddIndexConcurrently(
            "request", models.Index(fields=["chat", "closed_at"], name="sla_request_by_end")
        ),
    ]
