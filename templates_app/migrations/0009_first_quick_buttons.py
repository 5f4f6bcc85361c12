"""The quick buttons that a firm starts with (CLI-08)."""

from django.db import migrations

BUTTONS = [
    ("📄 Заказать акт", "Акт выполненных работ"),
    ("🔁 Акт сверки", "Акт сверки"),
    ("🧾 Счёт на оплату", "Счёт на оплату"),
    ("📑 Справка", "Справка"),
    ("🏦 Реквизиты", "Реквизиты"),
    ("📊 Отчётность", "Копия отчётности"),
]


def add_buttons(apps, schema_editor):
    rows = apps.get_model("templates_app", "QuickButton").objects.using(schema_editor.connection.alias)
    for position, (label, wish) in enumerate(BUTTONS, 1):
        rows.get_or_create(label=label, defaults={"wish": wish, "position": position})


class Migration(migrations.Migration):
    dependencies = [("templates_app", "0008_services")]
    operations = [migrations.RunPython(add_buttons, migrations.RunPython.noop)]
