"""A message may tell of several alerts: the list of ALR-06, the summary of TIM-03."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bot", "0006_quieter_inbox"), ("sla", "0008_kinds_of_alerts")]

    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="alerts",
            field=models.ManyToManyField(
                blank=True,
                help_text="The facts that it tells of: one, or those of a list (ALR-06).",
                related_name="outgoing",
                to="sla.alert",
                verbose_name="alerts",
            ),
        )
    ]
