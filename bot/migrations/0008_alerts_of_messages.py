"""Messages that stand there already tell of the one alert that they name."""

from typing import Any

from django.db import migrations

BATCH = 5000


def forward(apps: Any, editor: Any) -> None:
    messages = apps.get_model("bot", "OutgoingMessage")
    told = messages.objects.using(editor.connection.alias).exclude(alert=None).values_list("pk", "alert_id")
    telling = messages.alerts.through
    rows = (telling(outgoingmessage_id=pk, alert_id=alert_id) for pk, alert_id in told.iterator())
    telling.objects.using(editor.connection.alias).bulk_create(rows, batch_size=BATCH)


def backward(apps: Any, editor: Any) -> None:
    messages = apps.get_model("bot", "OutgoingMessage")
    told = messages.alerts.through.objects.using(editor.connection.alias).order_by("-pk")
    for pk, alert_id in told.values_list("outgoingmessage_id", "alert_id").iterator():
        messages.objects.using(editor.connection.alias).filter(pk=pk).update(alert_id=alert_id)
    told.delete()


class Migration(migrations.Migration):
    dependencies = [("bot", "0007_outgoingmessage_alerts")]
    operations = [migrations.RunPython(forward, backward)]
