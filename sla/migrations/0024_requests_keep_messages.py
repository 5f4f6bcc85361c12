"""A request keeps its messages: Django's word only, the database knows no difference (SEC-14)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla", "0023_request_by_closing")]
    operations = [
        migrations.AlterField(
            model_name="requestmessage",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="request_messages",
                to="buhbot.message",
                verbose_name="message",
            ),
        ),
    ]
