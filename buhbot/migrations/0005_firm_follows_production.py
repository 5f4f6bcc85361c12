"""The firm's calendar follows the production calendar, unless it works on Sundays (WT-09)."""

from django.db import migrations


def follow(apps, schema_editor):
    calendars = apps.get_model("buhbot", "Calendar").objects.using(schema_editor.connection.alias)
    for calendar in calendars.filter(is_default=True):
        if not calendar.weekly.get("7"):
            calendar.follows_production_calendar = True
            calendar.save(update_fields=["follows_production_calendar"])


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0004_production_calendar")]
    operations = [migrations.RunPython(follow, migrations.RunPython.noop)]
