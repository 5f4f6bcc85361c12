"""By a policy, taking a request may hold no escalation (CLI-06)."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla", "0021_reason_in_measures")]

    operations = [
        migrations.AlterField(
            model_name="policy",
            name="acknowledge_minutes",
            field=models.PositiveIntegerField(
                default=60,
                help_text="0: taking stops nothing, it only tells the client that the question is in work.",
                validators=[django.core.validators.MaxValueValidator(10000)],
                verbose_name="taking holds escalation for, working minutes",
            ),
        ),
    ]
