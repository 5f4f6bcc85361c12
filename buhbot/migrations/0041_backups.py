"""What backups were made, and the metric by which an old one is noticed (BAK-01, MON-01)."""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION backup_metrics() RETURNS TABLE (name text, value float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = buhbot, pg_temp AS $$
    SELECT 'backup_last_success_timestamp_seconds', extract(epoch FROM max(made_at))
        FROM buhbot_backup HAVING max(made_at) IS NOT NULL
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("buhbot", "0040_faster_erasing")]
    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="file")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("size_bytes", models.BigIntegerField(verbose_name="size, bytes")),
                ("sha256", models.CharField(max_length=64)),
                ("places", models.JSONField(default=list, verbose_name="where")),
            ],
            options={
                "verbose_name": "backup",
                "verbose_name_plural": "backups",
                "ordering": ["-made_at"],
                "indexes": [models.Index(fields=["-made_at"], name="buhbot_backup_by_time")],
            },
        ),
        migrations.RunSQL(FORWARD, "DROP FUNCTION backup_metrics"),
    ]
