"""Finds the requests that ended longest ago at once, for the purge (SEC-14)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sla", "0022_taking_may_hold_nothing")]
    operations = [
        AddIndexConcurrently(
            "request",
            models.Index(
                fields=["closed_at"],
                condition=models.Q(closed_at__isnull=False),
                name="sla_request_by_closing",
            ),
        ),
    ]
