"""Copies of files that are to be deleted from the storage, and files that a message does not take along (SEC-14)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("templates_app", "0003_received_files")]
    operations = [
        migrations.CreateModel(
            name="DiscardedCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "bucket",
                    models.CharField(
                        choices=[
                            ("invoices", "invoices and acts"),
                            ("documents", "documents"),
                            ("files", "other files"),
                        ],
                        max_length=16,
                        verbose_name="bucket",
                    ),
                ),
                ("storage_key", models.CharField(max_length=100)),
                ("discarded_at", models.DateTimeField(verbose_name="discarded")),
                ("try_after", models.DateTimeField(db_index=True, verbose_name="next try")),
                ("attempts", models.PositiveIntegerField(db_default=0, default=0, verbose_name="tries")),
                (
                    "error",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=500, verbose_name="error"
                    ),
                ),
            ],
            options={
                "verbose_name": "discarded copy",
                "verbose_name_plural": "discarded copies",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["bucket", "storage_key"], name="templates_app_discardedcopy_once"
                    )
                ],
            },
        ),
        migrations.AlterField(
            model_name="receivedfile",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="files",
                to="buhbot.message",
                verbose_name="message",
            ),
        ),
    ]
