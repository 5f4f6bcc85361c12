"""Alerts that stand there already get their kind from their level."""

from typing import Any

from django.db import migrations


def forward(apps: Any, editor: Any) -> None:
    alerts = apps.get_model("sla", "Alert").objects.using(editor.connection.alias)
    alerts.filter(level=1).update(kind="breach")
    alerts.filter(level__gt=1).update(kind="escalation")


class Migration(migrations.Migration):
    dependencies = [("sla", "0007_new_facts")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
