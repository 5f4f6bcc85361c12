"""A request may be assigned to one of the accountants on duty (ADM-02)."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sla", "0014_trained_models"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="request",
            name="assigned_to",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Empty: all accountants on duty. It counts while the person is on duty in the chat.",
                null=True,
                on_delete=models.PROTECT,
                related_name="assigned_requests",
                to=settings.AUTH_USER_MODEL,
                verbose_name="assigned to",
            ),
        ),
    ]
