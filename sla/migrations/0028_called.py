"""A client may ask for the accountant (CLI-03)."""

from django.db import migrations, models

EVENTS = [
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
    ("faq_answered", "answered by the FAQ"),
    ("duty_changed", "others are on duty"),
    ("assigned", "assigned"),
    ("called", "the client asks for the accountant"),
]
ALERTS = [
    ("warning", "warning"),
    ("breach", "target missed"),
    ("escalation", "escalation"),
    ("nudge", "a manager asks to answer"),
    ("call", "the client asks for the accountant"),
]


class Migration(migrations.Migration):
    dependencies = [("sla", "0027_request_wish")]

    operations = [
        migrations.RemoveConstraint(model_name="requestevent", name="sla_requestevent_kind_known"),
        migrations.AlterField(
            model_name="requestevent",
            name="kind",
            field=models.CharField(choices=EVENTS, max_length=24, verbose_name="what"),
        ),
        migrations.AddConstraint(
            model_name="requestevent",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=[name for name, _words in EVENTS]),
                name="sla_requestevent_kind_known",
            ),
        ),
        migrations.RemoveConstraint(model_name="alert", name="sla_alert_kind_known"),
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.CharField(choices=ALERTS, max_length=16, verbose_name="why"),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__in=[name for name, _words in ALERTS]), name="sla_alert_kind_known"
            ),
        ),
    ]
