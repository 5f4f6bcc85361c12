"""The assignment of a request is an event of it (ADM-02, REQ-07)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sla", "0015_request_assigned_to"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="requestevent",
            name="sla_requestevent_kind_known",
        ),
        migrations.AlterField(
            model_name="requestevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "opened"),
                    ("opening_moved", "an earlier question was found"),
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
                    ("paused", "waits for the client"),
                    ("resumed", "the client is back"),
                    ("snoozed", "snoozed"),
                    ("accountant_notified", "the accountant was asked to answer"),
                    ("reclassified", "the class was corrected"),
                    ("duty_changed", "others are on duty"),
                    ("assigned", "assigned"),
                ],
                max_length=24,
                verbose_name="what",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "opened",
                            "opening_moved",
                            "answered",
                            "resolved",
                            "cancelled",
                            "reopened",
                            "warned",
                            "breached",
                            "escalated",
                            "breach_withdrawn",
                            "acknowledged",
                            "answer_moved",
                            "undeliverable",
                            "refused",
                            "recomputed",
                            "paused",
                            "resumed",
                            "snoozed",
                            "accountant_notified",
                            "reclassified",
                            "duty_changed",
                            "assigned",
                        ],
                    )
                ),
                name="sla_requestevent_kind_known",
            ),
        ),
    ]
