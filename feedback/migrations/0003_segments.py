"""Surveys go to saved segments too (SUR-03)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("buhbot", "0031_segments"),
        ("feedback", "0002_wake_announcer"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="delivery",
            name="feedback_delivery_skip_known",
        ),
        migrations.RemoveConstraint(
            model_name="survey",
            name="feedback_survey_audience_known",
        ),
        migrations.AddField(
            model_name="survey",
            name="segment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="%(class)ss",
                to="buhbot.segment",
                verbose_name="segment",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="skip_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "—"),
                    ("bot_is_out", "the bot is not in the chat"),
                    ("paused", "the chat is paused"),
                    ("unmonitored", "the chat is not monitored"),
                    ("unreachable", "the chat cannot be reached"),
                    ("opted_out", "the client wants no surveys"),
                    ("breached", "an overdue request is open"),
                    ("cool_down", "was asked recently"),
                    ("closed", "the survey was closed before"),
                ],
                default="",
                max_length=16,
                verbose_name="why it was left out",
            ),
        ),
        migrations.AlterField(
            model_name="survey",
            name="audience",
            field=models.CharField(
                choices=[
                    ("all", "all active chats"),
                    ("wrote", "chats in which a client wrote in the period"),
                    ("segment", "a segment"),
                    ("picked", "chats picked by hand"),
                ],
                default="all",
                max_length=16,
                verbose_name="who is asked",
            ),
        ),
        migrations.AlterField(
            model_name="survey",
            name="chats",
            field=models.ManyToManyField(
                blank=True, related_name="%(class)ss", to="buhbot.chat", verbose_name="chats picked by hand"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "skip_reason__in",
                        [
                            "",
                            "bot_is_out",
                            "paused",
                            "unmonitored",
                            "unreachable",
                            "opted_out",
                            "breached",
                            "cool_down",
                            "closed",
                        ],
                    )
                ),
                name="feedback_delivery_skip_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["all", "wrote", "segment", "picked"])),
                name="feedback_survey_audience_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("audience", "segment"), _negated=True),
                    ("segment__isnull", False),
                    _connector="OR",
                ),
                name="feedback_survey_segment_is_chosen",
            ),
        ),
    ]
