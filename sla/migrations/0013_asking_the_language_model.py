"""Messages that wait for a language model's word, and room for its name (CLS-01, CLS-04)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla", "0012_alert_told")]

    operations = [
        migrations.AddField(
            model_name="classification",
            name="ask_llm_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="classification",
            name="ask_llm_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="classification",
            name="version",
            field=models.CharField(blank=True, max_length=100, verbose_name="version"),
        ),
        migrations.AddIndex(
            model_name="classification",
            index=models.Index(
                condition=models.Q(("ask_llm_at__isnull", False)),
                fields=["ask_llm_at"],
                name="sla_classification_to_ask",
            ),
        ),
    ]
