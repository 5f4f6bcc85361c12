"""What a client wrote or pressed before they said which chat is meant (CLI-05)."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bot", "0015_lowest_priority")]

    operations = [
        migrations.CreateModel(
            name="WaitingOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("telegram_id", models.BigIntegerField(db_index=True)),
                (
                    "order",
                    models.CharField(help_text="The handler that goes on with it.", max_length=64),
                ),
                ("content", models.JSONField(verbose_name="content")),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name": "order that waits for its chat",
                "verbose_name_plural": "orders that wait for their chat",
            },
        ),
    ]
