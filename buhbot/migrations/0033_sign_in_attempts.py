"""Attempts to sign in are counted, for the lock-out (SEC-05)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0032_broadcasts"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInAttempts",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
