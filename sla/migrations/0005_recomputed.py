"""Requests are computed anew when their terms change; alerts that were none are withdrawn (TIM-04)."""

from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("opened", "opened"),
    ("answered", "answered"),
    ("resolved", "resolved by hand"),
    ("cancelled", "cancelled"),
    ("reopened", "opened again"),
    ("warned", "warning"),
    ("breached", "target missed"),
    ("escalated", "escalated"),
    ("breach_withdrawn", "the breach was withdrawn"),
    ("acknowledged", "taken into work"),
    ("answer_moved", "an earlier answer was found"),
    ("undeliverable", "nobody could be told"),
    ("refused", "a press was refused"),
    ("recomputed", "due was computed anew"),
]


class Migration(migrations.Migration):
    dependencies = [("sla", "0004_request_figures")]
    operations = [
        migrations.AlterField(
            model_name="requestevent",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=24, verbose_name="what"),
        ),
        migrations.RemoveConstraint(model_name="requestevent", name="sla_requestevent_kind_known"),
        migrations.AddConstraint(
            model_name="requestevent",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=[kind for kind, _ in KINDS]), name="sla_requestevent_kind_known"
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True,
                help_text="The deadline moved, and it was none.",
                null=True,
                verbose_name="withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=Q(withdrawn_at__isnull=True),
                fields=("request", "level", "instant"),
                name="sla_alert_valid_once",
            ),
        ),
        migrations.RemoveConstraint(model_name="alert", name="sla_alert_once"),
    ]
