"""Frequent questions, answers that were given, questions that had none (FAQ-01, FAQ-03, FAQ-04)."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("templates_app", "0001_templates"), ("buhbot", "0012_message_of_staff")]

    operations = [
        migrations.CreateModel(
            name="FaqItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=300, unique=True, verbose_name="question")),
                ("answer", models.TextField(max_length=2000, verbose_name="answer")),
                (
                    "keywords",
                    models.TextField(
                        blank=True,
                        help_text="One a line: other ways to ask the same. Word forms and small typos are understood.",
                        max_length=2000,
                        verbose_name="keywords and phrases",
                    ),
                ),
                ("is_enabled", models.BooleanField(default=True, verbose_name="enabled")),
                (
                    "usage_count",
                    models.PositiveIntegerField(
                        db_default=0, default=0, editable=False, verbose_name="answered"
                    ),
                ),
                (
                    "helped_count",
                    models.PositiveIntegerField(
                        db_default=0, default=0, editable=False, verbose_name="helped"
                    ),
                ),
                (
                    "not_helped_count",
                    models.PositiveIntegerField(
                        db_default=0, default=0, editable=False, verbose_name="did not help"
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "frequent question",
                "verbose_name_plural": "frequent questions",
                "ordering": ["question"],
            },
        ),
        migrations.CreateModel(
            name="UnansweredQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(db_index=True, verbose_name="asked")),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unanswered_question",
                        to="buhbot.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "unanswered question",
                "verbose_name_plural": "unanswered questions",
            },
        ),
        migrations.CreateModel(
            name="FaqAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("given_at", models.DateTimeField(verbose_name="given")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "no reaction"),
                            ("helped", "helped"),
                            ("not_helped", "an accountant is wanted"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="reaction",
                    ),
                ),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faq_answers",
                        to="buhbot.chat",
                        verbose_name="chat",
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faq_answer",
                        to="buhbot.message",
                        verbose_name="message",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="templates_app.faqitem",
                        verbose_name="frequent question",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer of the FAQ",
                "verbose_name_plural": "answers of the FAQ",
                "indexes": [
                    models.Index(fields=["chat", "item", "-given_at"], name="templates_app_faqanswer_last")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["", "helped", "not_helped"])),
                        name="templates_app_faqanswer_verdict_known",
                    )
                ],
            },
        ),
    ]
