"""Surveys and their deliveries: what is asked, of whom, and each chat's copy (SUR-01, SUR-03, SUR-10)."""

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from buhbot.models import Addressed, Chat, User
from feedback import rules

MAX_TITLE, MAX_QUESTION = 100, 500
MIN_DAYS, MAX_DAYS = 1, 90
MAX_COOLDOWN_DAYS = 365


class Survey(Addressed):
    """A question to many chats at once. That it has expired is no state but the clock's word (SUR-01)."""

    class Kind(models.TextChoices):
        STARS = "stars", _("stars, 1 to 5")
        NPS = "nps", _("recommendation, 0 to 10 (NPS)")

    class Audience(models.TextChoices):
        ALL = "all", _("all active chats")
        WROTE = "wrote", _("chats in which a client wrote in the period")
        SEGMENT = "segment", _("a segment")
        PICKED = "picked", _("chats picked by hand")

    class Channel(models.TextChoices):
        CHAT = "chat", _("in the chat")
        PRIVATE = "private", _("in private, by a button in the chat")

    class State(models.TextChoices):
        DRAFT = str(rules.State.DRAFT), _("draft")
        SCHEDULED = str(rules.State.SCHEDULED), _("scheduled")
        SENDING = str(rules.State.SENDING), _("being sent")
        ACTIVE = str(rules.State.ACTIVE), _("active")
        CLOSED = str(rules.State.CLOSED), _("closed")

    title = models.CharField(_("title"), max_length=MAX_TITLE)
    kind = models.CharField(_("scale"), max_length=16, choices=Kind, default=Kind.STARS)
    question = models.CharField(_("question"), max_length=MAX_QUESTION)
    period_from = models.DateField(_("period from"), help_text=_("The time that clients are asked about."))
    period_to = models.DateField(_("period to"))
    quarter = models.CharField(  # noqa: DJ001 (unique, so null)
        max_length=7, null=True, blank=True, unique=True, editable=False
    )
    audience = models.CharField(_("who is asked"), max_length=16, choices=Audience, default=Audience.ALL)
    channel = models.CharField(
        _("where they vote"),
        max_length=16,
        choices=Channel,
        default=Channel.CHAT,
        help_text=_("In private the group does not see who gave which rating."),
    )
    starts_at = models.DateTimeField(
        _("start"), null=True, blank=True, help_text=_("Empty: when you press “Start”.")
    )
    validity_days = models.PositiveSmallIntegerField(
        _("open for, days"),
        default=7,
        validators=[MinValueValidator(MIN_DAYS), MaxValueValidator(MAX_DAYS)],
    )
    reminder_days = models.PositiveSmallIntegerField(
        _("reminder after, days"),
        default=2,
        validators=[MaxValueValidator(MAX_DAYS)],
        help_text=_("Once, to chats without a vote. 0: no reminder."),
    )
    cooldown_days = models.PositiveSmallIntegerField(
        _("not if asked within, days"),
        default=30,
        validators=[MaxValueValidator(MAX_COOLDOWN_DAYS)],
        help_text=_("Chats that had a survey so recently are left out. 0: none is."),
    )
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.DRAFT)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    expires_at = models.DateTimeField(_("open until"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["stars", "nps"]), name="feedback_survey_kind_known"),
            models.CheckConstraint(
                condition=Q(audience__in=["all", "wrote", "segment", "picked"]),
                name="feedback_survey_audience_known",
            ),
            models.CheckConstraint(
                condition=~Q(audience="segment") | Q(segment__isnull=False),
                name="feedback_survey_segment_is_chosen",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["chat", "private"]), name="feedback_survey_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "scheduled", "sending", "active", "closed"]),
                name="feedback_survey_state_known",
            ),
            models.CheckConstraint(
                condition=Q(validity_days__gte=MIN_DAYS, validity_days__lte=MAX_DAYS),
                name="feedback_survey_validity_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")), name="feedback_survey_period_runs_forward"
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(starts_at__isnull=False),
                name="feedback_survey_scheduled_has_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "active"])
                | Q(started_at__isnull=False, expires_at__gt=F("started_at")),
                name="feedback_survey_running_has_end",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="feedback_survey_closed_at_some_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["starts_at"], condition=Q(state="scheduled"), name="feedback_survey_scheduled"
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=["sending", "active"]),
                name="feedback_survey_running",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def standing(self, now: datetime) -> str:
        """Return the state as people see it: `expired` too."""
        return rules.standing(self.state, expires_at=self.expires_at, now=now)

    def is_open(self, now: datetime) -> bool:
        """Whether votes are taken."""
        return rules.is_open(self.state, expires_at=self.expires_at, now=now)


class Delivery(models.Model):
    """One chat's copy of a survey: exactly one (SUR-04), with what was true of the chat when it went out (SUR-10)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        QUEUED = "queued", _("on its way")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("not delivered")
        SKIPPED = "skipped", _("left out")

    class Skip(models.TextChoices):
        NONE = "", "—"
        BOT_IS_OUT = str(rules.Skip.BOT_IS_OUT), _("the bot is not in the chat")
        PAUSED = str(rules.Skip.PAUSED), _("the chat is paused")
        UNMONITORED = str(rules.Skip.UNMONITORED), _("the chat is not monitored")
        UNREACHABLE = str(rules.Skip.UNREACHABLE), _("the chat cannot be reached")
        OPTED_OUT = str(rules.Skip.OPTED_OUT), _("the client wants no surveys")
        BREACHED = str(rules.Skip.BREACHED), _("an overdue request is open")
        COOL_DOWN = str(rules.Skip.COOL_DOWN), _("was asked recently")
        CLOSED = str(rules.Skip.CLOSED), _("the survey was closed before")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="deliveries", verbose_name=_("survey"))
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="survey_deliveries", verbose_name=_("chat"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    skip_reason = models.CharField(
        _("why it was left out"), max_length=16, choices=Skip, blank=True, default=""
    )
    error = models.CharField(_("error"), max_length=500, blank=True)

    # Frozen when the message is queued (SUR-10).
    accountant = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="survey_deliveries",
        verbose_name=_("accountant"),
    )
    tier_name = models.CharField(_("tier"), max_length=100, blank=True)
    requests_opened = models.PositiveIntegerField(_("requests of the period"), default=0)
    requests_in_time = models.PositiveIntegerField(_("answered in time"), default=0)
    requests_missed = models.PositiveIntegerField(_("answered late"), default=0)
    median_seconds = models.PositiveBigIntegerField(
        _("median answer, working seconds"), null=True, blank=True
    )

    queued_at = models.DateTimeField(_("queued"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    outgoing_id = models.BigIntegerField(  # of the room above, which this one does not know
        null=True, blank=True, unique=True, editable=False, help_text=_("The key of the outbox row.")
    )
    telegram_chat_id = models.BigIntegerField(null=True, blank=True, editable=False)
    telegram_message_id = models.BigIntegerField(null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    manager_told_at = models.DateTimeField(_("manager told"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery of a survey")
        verbose_name_plural = _("deliveries of surveys")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "chat"], name="feedback_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "queued", "delivered", "failed", "skipped"]),
                name="feedback_delivery_state_known",
            ),
            models.CheckConstraint(
                condition=Q(skip_reason__in=["", *map(str, rules.Skip)]), name="feedback_delivery_skip_known"
            ),
            models.CheckConstraint(
                condition=(Q(state="skipped") & ~Q(skip_reason=""))
                | (~Q(state="skipped") & Q(skip_reason="")),
                name="feedback_delivery_skipped_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "skipped"]) | Q(queued_at__isnull=False),
                name="feedback_delivery_queued_at_some_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["survey", "id"],
                condition=Q(state__in=["waiting", "queued"]),
                name="feedback_delivery_unfinished",
            ),
            models.Index(
                fields=["survey", "id"],
                condition=Q(state="delivered", manager_told_at=None),
                name="feedback_delivery_to_remind",
            ),
            models.Index(fields=["chat", "queued_at"], name="feedback_delivery_of_chat"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} · {self.chat}"
