"""The policies that a firm starts with (ALR-01)."""

from django.db import migrations

TARGETS = {
    "premium": ("Премиум", 15),
    "vip": ("VIP", 30),
    "standard": ("Стандарт", 60),
    "basic": ("Базовый", 120),
}


def add_policies(apps, schema_editor):
    using = schema_editor.connection.alias
    tiers = apps.get_model("buhbot", "Tier").objects.using(using)
    policies = apps.get_model("sla", "Policy").objects.using(using)
    policies.get_or_create(is_default=True, defaults={"name": "Политика фирмы", "target_minutes": 60})
    for code, (name, minutes) in TARGETS.items():
        policies.get_or_create(tier=tiers.get(code=code), defaults={"name": name, "target_minutes": minutes})


class Migration(migrations.Migration):
    dependencies = [("sla", "0002_wake_announcer"), ("buhbot", "0002_first_calendar_and_tiers")]
    operations = [migrations.RunPython(add_policies, migrations.RunPython.noop)]
