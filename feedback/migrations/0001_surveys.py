"""Surveys, deliveries, votes with their history, questions for comments, follow-ups (SUR, FBK)."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("buhbot", "0021_chat_sends_receipts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Survey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                (
                    "kind",
                    models.CharField(
                        choices=[("stars", "stars, 1 to 5"), ("nps", "recommendation, 0 to 10 (NPS)")],
                        default="stars",
                        max_length=16,
                        verbose_name="scale",
                    ),
                ),
                ("question", models.CharField(max_length=500, verbose_name="question")),
                (
                    "period_from",
                    models.DateField(
                        help_text="The time that clients are asked about.", verbose_name="period from"
                    ),
                ),
                ("period_to", models.DateField(verbose_name="period to")),
                (
                    "quarter",
                    models.CharField(blank=True, editable=False, max_length=7, null=True, unique=True),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("all", "all active chats"),
                            ("wrote", "chats in which a client wrote in the period"),
                            ("picked", "picked chats"),
                        ],
                        default="all",
                        max_length=16,
                        verbose_name="who is asked",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("chat", "in the chat"), ("private", "in private, by a button in the chat")],
                        default="chat",
                        help_text="In private the group does not see who gave which rating.",
                        max_length=16,
                        verbose_name="where they vote",
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: when you press “Start”.",
                        null=True,
                        verbose_name="start",
                    ),
                ),
                (
                    "validity_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="open for, days",
                    ),
                ),
                (
                    "reminder_days",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="Once, to chats without a vote. 0: no reminder.",
                        validators=[django.core.validators.MaxValueValidator(90)],
                        verbose_name="reminder after, days",
                    ),
                ),
                (
                    "cooldown_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="Chats that had a survey so recently are left out. 0: none is.",
                        validators=[django.core.validators.MaxValueValidator(365)],
                        verbose_name="not if asked within, days",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("scheduled", "scheduled"),
                            ("sending", "being sent"),
                            ("active", "active"),
                            ("closed", "closed"),
                        ],
                        default="draft",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="open until")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("created_at", models.DateTimeField(verbose_name="created")),
                (
                    "chats",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="buhbot.chat", verbose_name="picked chats"
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
            ],
            options={
                "verbose_name": "survey",
                "verbose_name_plural": "surveys",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("queued", "on its way"),
                            ("delivered", "delivered"),
                            ("failed", "not delivered"),
                            ("skipped", "left out"),
                        ],
                        default="waiting",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "skip_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "—"),
                            ("bot_is_out", "the bot is not in the chat"),
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
                ("error", models.CharField(blank=True, max_length=500, verbose_name="error")),
                ("tier_name", models.CharField(blank=True, max_length=100, verbose_name="tier")),
                (
                    "requests_opened",
                    models.PositiveIntegerField(default=0, verbose_name="requests of the period"),
                ),
                ("requests_in_time", models.PositiveIntegerField(default=0, verbose_name="answered in time")),
                ("requests_missed", models.PositiveIntegerField(default=0, verbose_name="answered late")),
                (
                    "median_seconds",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="median answer, working seconds"
                    ),
                ),
                ("queued_at", models.DateTimeField(blank=True, null=True, verbose_name="queued")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered")),
                (
                    "outgoing_id",
                    models.BigIntegerField(
                        blank=True,
                        editable=False,
                        help_text="The key of the outbox row.",
                        null=True,
                        unique=True,
                    ),
                ),
                ("telegram_chat_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("telegram_message_id", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("reminded_at", models.DateTimeField(blank=True, null=True, verbose_name="reminded")),
                ("manager_told_at", models.DateTimeField(blank=True, null=True, verbose_name="manager told")),
                (
                    "accountant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="survey_deliveries",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="accountant",
                    ),
                ),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="survey_deliveries",
                        to="buhbot.chat",
                        verbose_name="chat",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="feedback.survey",
                        verbose_name="survey",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery of a survey",
                "verbose_name_plural": "deliveries of surveys",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("telegram_id", models.BigIntegerField(verbose_name="Telegram id")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="who")),
                (
                    "rating",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Empty: withdrawn.", null=True, verbose_name="rating"
                    ),
                ),
                ("comment", models.TextField(blank=True, max_length=4096, verbose_name="comment")),
                ("voted_at", models.DateTimeField(verbose_name="first given")),
                ("changed_at", models.DateTimeField(verbose_name="last changed")),
                ("commented_at", models.DateTimeField(blank=True, null=True, verbose_name="comment given")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="feedback.delivery",
                        verbose_name="chat's copy",
                    ),
                ),
            ],
            options={
                "verbose_name": "vote",
                "verbose_name_plural": "votes",
                "ordering": ["-changed_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rating",
                    models.PositiveSmallIntegerField(
                        help_text="The one that opened the task.", verbose_name="rating"
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "told_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="managers told"),
                ),
                ("notices_outdated", models.BooleanField(default=False, editable=False)),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="what was done")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closed_follow_ups",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
                (
                    "vote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follow_ups",
                        to="feedback.vote",
                        verbose_name="vote",
                    ),
                ),
            ],
            options={
                "verbose_name": "follow-up of a low rating",
                "verbose_name_plural": "follow-ups of low ratings",
                "ordering": ["due_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CommentQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("telegram_id", models.BigIntegerField()),
                (
                    "channel",
                    models.CharField(
                        choices=[("chat", "in the chat"), ("private", "in private, by a button in the chat")],
                        max_length=16,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("waits_until", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "vote",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comment_question",
                        to="feedback.vote",
                        verbose_name="vote",
                    ),
                ),
            ],
            options={
                "verbose_name": "question for a comment",
                "verbose_name_plural": "questions for comments",
            },
        ),
        migrations.CreateModel(
            name="VoteEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("given", "given"),
                            ("changed", "changed"),
                            ("withdrawn", "withdrawn"),
                            ("commented", "commented"),
                        ],
                        max_length=16,
                        verbose_name="what",
                    ),
                ),
                ("rating", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="rating")),
                ("comment", models.TextField(blank=True, max_length=4096, verbose_name="comment")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="recorded"
                    ),
                ),
                (
                    "vote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="feedback.vote",
                        verbose_name="vote",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a vote",
                "verbose_name_plural": "changes of votes",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="survey",
            index=models.Index(
                condition=models.Q(("state", "scheduled")),
                fields=["starts_at"],
                name="feedback_survey_scheduled",
            ),
        ),
        migrations.AddIndex(
            model_name="survey",
            index=models.Index(
                condition=models.Q(("state__in", ["sending", "active"])),
                fields=["expires_at"],
                name="feedback_survey_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["stars", "nps"])), name="feedback_survey_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["all", "wrote", "picked"])),
                name="feedback_survey_audience_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["chat", "private"])), name="feedback_survey_channel_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "scheduled", "sending", "active", "closed"])),
                name="feedback_survey_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(("validity_days__gte", 1), ("validity_days__lte", 90)),
                name="feedback_survey_validity_in_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_to__gte", models.F("period_from"))),
                name="feedback_survey_period_runs_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "scheduled"), _negated=True),
                    ("starts_at__isnull", False),
                    _connector="OR",
                ),
                name="feedback_survey_scheduled_has_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sending", "active"]), _negated=True),
                    models.Q(("expires_at__gt", models.F("started_at")), ("started_at__isnull", False)),
                    _connector="OR",
                ),
                name="feedback_survey_running_has_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at__isnull", True)),
                    _connector="OR",
                ),
                name="feedback_survey_closed_at_some_time",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "queued"])),
                fields=["survey", "id"],
                name="feedback_delivery_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("manager_told_at", None), ("state", "delivered")),
                fields=["survey", "id"],
                name="feedback_delivery_to_remind",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["chat", "queued_at"], name="feedback_delivery_of_chat"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("survey", "chat"), name="feedback_delivery_once"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "queued", "delivered", "failed", "skipped"])),
                name="feedback_delivery_state_known",
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
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "skipped"), models.Q(("skip_reason", ""), _negated=True)),
                    models.Q(models.Q(("state", "skipped"), _negated=True), ("skip_reason", "")),
                    _connector="OR",
                ),
                name="feedback_delivery_skipped_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "skipped"]), ("queued_at__isnull", False), _connector="OR"
                ),
                name="feedback_delivery_queued_at_some_time",
            ),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(fields=["telegram_id"], name="feedback_vote_of_person"),
        ),
        migrations.AddIndex(
            model_name="vote",
            index=models.Index(fields=["-changed_at", "-id"], name="feedback_vote_by_time"),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.UniqueConstraint(fields=("delivery", "telegram_id"), name="feedback_vote_once"),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating", None), ("rating__lte", 10), _connector="OR"),
                name="feedback_vote_rating_in_bounds",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["due_at"], name="feedback_followup_open"
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("told_at", None), ("notices_outdated", True), _connector="OR"),
                fields=["id"],
                name="feedback_followup_untold",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("vote",), name="feedback_followup_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", None), ("reason", "")),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="feedback_followup_closed_by_somebody_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating__lte", 10)), name="feedback_followup_rating_in_bounds"
            ),
        ),
        migrations.AddIndex(
            model_name="commentquestion",
            index=models.Index(
                condition=models.Q(("answered_at", None)),
                fields=["telegram_id", "waits_until"],
                name="feedback_question_unanswered",
            ),
        ),
        migrations.AddConstraint(
            model_name="commentquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["chat", "private"])),
                name="feedback_commentquestion_channel_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="commentquestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "private"), _negated=True),
                    ("waits_until__isnull", False),
                    _connector="OR",
                ),
                name="feedback_commentquestion_private_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="voteevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["given", "changed", "withdrawn", "commented"])),
                name="feedback_voteevent_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="voteevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating", None), ("rating__lte", 10), _connector="OR"),
                name="feedback_voteevent_rating_in_bounds",
            ),
        ),
    ]
