"""Find what was told in the last minute (ALR-06)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla", "0011_request_by_end")]

    operations = [
        migrations.AddIndex(model_name="alert", index=models.Index(fields=["told_at"], name="sla_alert_told"))
    ]
