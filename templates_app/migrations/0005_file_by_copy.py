"""Finds the files that share a copy at once: a copy goes with the last of them (SEC-14)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("templates_app", "0004_discarded_copies")]
    operations = [
        AddIndexConcurrently(
            "receivedfile",
            models.Index(
                fields=["storage_key"],
                condition=models.Q(("storage_key", ""), _negated=True),
                name="templates_app_file_by_copy",
            ),
        ),
    ]
