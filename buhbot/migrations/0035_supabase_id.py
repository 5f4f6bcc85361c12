"""Which account of Supabase Auth is a person's (SEC-06)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0034_second_factor"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="supabase_id",
            field=models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True),
        ),
    ]
