"""The calendar and the client tiers that a firm starts with (ALR-01, WT-10)."""

from django.conf import settings
from django.db import migrations

TIERS = [("premium", "Премиум"), ("vip", "VIP"), ("standard", "Стандарт"), ("basic", "Базовый")]
WEEK = {str(day): "09:00-18:00" if day <= 5 else "" for day in range(1, 8)}


def add_calendar_and_tiers(apps, schema_editor):
    using = schema_editor.connection.alias
    calendar, _ = (
        apps.get_model("buhbot", "Calendar")
        .objects.using(using)
        .get_or_create(
            is_default=True,
            defaults={"name": "Рабочие часы фирмы", "time_zone": settings.FIRM_TIME_ZONE, "weekly": WEEK},
        )
    )
    apps.get_model("buhbot", "CalendarVersion").objects.using(using).get_or_create(
        calendar=calendar,
        number=1,
        defaults={"name": calendar.name, "time_zone": calendar.time_zone, "weekly": calendar.weekly},
    )
    for position, (code, name) in enumerate(TIERS):
        apps.get_model("buhbot", "Tier").objects.using(using).get_or_create(
            code=code, defaults={"name": name, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0001_initial")]
    operations = [migrations.RunPython(add_calendar_and_tiers, migrations.RunPython.noop)]
