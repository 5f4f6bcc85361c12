"""Home counts by `sla/figures/` as every other page does: the function that counted for it goes (principle 8)."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("sla.migrations.0004_request_figures").FORWARD.replace(
    "opened_at >= since)\n    FROM", "opened_at >= since AND state <> 'cancelled')\n    FROM"
)


class Migration(migrations.Migration):
    dependencies = [("sla", "0018_request_measure")]
    operations = [migrations.RunSQL("DROP FUNCTION request_figures(timestamptz);", BEFORE)]
