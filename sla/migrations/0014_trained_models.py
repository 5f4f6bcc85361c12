"""Models that were trained on the firm's corrections too (CLS-07)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla", "0013_asking_the_language_model")]

    operations = [
        migrations.CreateModel(
            name="TrainedModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.CharField(max_length=100, verbose_name="version")),
                ("content", models.BinaryField()),
                ("corrections", models.PositiveIntegerField(verbose_name="corrections")),
                ("trained_at", models.DateTimeField(verbose_name="trained")),
            ],
            options={
                "verbose_name": "trained model",
                "verbose_name_plural": "trained models",
                "ordering": ["-pk"],
            },
        )
    ]
