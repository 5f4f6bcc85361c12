"""Requests and the facts about them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from buhbot.models import CalendarVersion, Chat, Message, User

OPEN_STATES = ("open", "waiting_client")


class Request(models.Model):
    """A client turn that the firm owes an answer. Its number is its key. Waits are working time."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        WAITING_CLIENT = "waiting_client", _("waiting for the client")
        ANSWERED = "answered", _("answered")
        RESOLVED = "resolved", _("resolved by hand")
        CANCELLED = "cancelled", _("cancelled")

    class Reason(models.TextChoices):
        NONE = "", "—"
        NOT_A_REQUEST = "not_a_request", _("not a request")
        UNMONITORED = "unmonitored", _("monitoring switched off")
        BOT_REMOVED = "bot_removed", _("the bot was removed")
        CHAT_DELETED = "chat_deleted", _("the chat was deleted")

    chat = models.ForeignKey(Chat, models.PROTECT, related_name="requests", verbose_name=_("chat"))
    topic_id = models.BigIntegerField(_("topic"), default=0)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.OPEN)
    text = models.CharField(_("text"), max_length=500, blank=True)
    opened_by = models.ForeignKey(
        Message, models.PROTECT, related_name="opened_requests", verbose_name=_("first message")
    )
    opened_at = models.DateTimeField(_("opened"))

    # The terms under which it was opened; later settings do not change them (REQ-06).
    policy_name = models.CharField(_("policy"), max_length=100)
    target_minutes = models.PositiveIntegerField(_("target, working minutes"))
    warning_percent = models.PositiveSmallIntegerField(_("warning at, %"))
    escalation_minutes = models.PositiveIntegerField(_("escalate every, working minutes"))
    max_level = models.PositiveSmallIntegerField(_("escalation levels"))
    acknowledge_minutes = models.PositiveIntegerField(_("acknowledgement holds for, working minutes"))
    calendar_version = models.ForeignKey(
        CalendarVersion, models.PROTECT, related_name="requests", verbose_name=_("calendar")
    )
    on_duty = models.JSONField(_("accountants on duty"), default=list)

    # Instants.
    warn_at = models.DateTimeField(_("warning due"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"))
    next_escalation_at = models.DateTimeField(_("next escalation"), null=True, blank=True)
    fires_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Facts.
    warned_at = models.DateTimeField(_("warned"), null=True, blank=True)
    breached_at = models.DateTimeField(_("breached"), null=True, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), default=0)
    acknowledged_at = models.DateTimeField(_("taken"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="acknowledged_requests",
        verbose_name=_("taken by"),
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="closed_requests",
        verbose_name=_("closed by"),
    )
    answer = models.ForeignKey(
        Message,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_requests",
        verbose_name=_("answer"),
    )
    response_seconds = models.PositiveBigIntegerField(_("response, working seconds"), null=True, blank=True)
    close_reason = models.CharField(_("why closed"), max_length=16, choices=Reason, blank=True, default="")
    close_note = models.CharField(_("note"), max_length=500, blank=True)
    notices_outdated = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["chat", "topic_id"],
                condition=Q(state__in=OPEN_STATES),
                name="sla_request_one_open_a_topic",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "waiting_client", "answered", "resolved", "cancelled"]),
                name="sla_request_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, closed_at__isnull=True)
                | (~Q(state__in=OPEN_STATES) & Q(closed_at__isnull=False, fires_at__isnull=True)),
                name="sla_request_closed_has_time_and_no_timer",
            ),
        ]
        indexes = [
            models.Index(fields=["fires_at"], condition=Q(fires_at__isnull=False), name="sla_request_fires"),
            models.Index(fields=["id"], condition=Q(notices_outdated=True), name="sla_request_outdated"),
            models.Index(
                fields=["due_at"], condition=Q(state__in=OPEN_STATES), name="sla_request_open_by_due"
            ),
            models.Index(fields=["chat", "-opened_at"], name="sla_request_by_chat"),
            models.Index(fields=["opened_at"], name="sla_request_by_opening"),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        """Closed after due (ANS-04); of an open one, see `breached_at`."""
        return self.closed_at is not None and self.closed_at > self.due_at


class RequestMessage(models.Model):
    """A message that belongs to a request."""

    class Part(models.TextChoices):
        CLIENT = "client", _("the client's")
        ANSWER = "answer", _("the answer")
        OTHER_STAFF = "other_staff", _("staff who do not look after the chat")

    request = models.ForeignKey(
        Request, models.CASCADE, related_name="request_messages", verbose_name=_("request")
    )
    message = models.ForeignKey(
        Message, models.CASCADE, related_name="request_messages", verbose_name=_("message")
    )
    part = models.CharField(_("part"), max_length=16, choices=Part)

    class Meta:
        verbose_name = _("message of the request")
        verbose_name_plural = _("messages of the request")
        constraints = [
            models.UniqueConstraint(fields=["request", "message"], name="sla_requestmessage_once"),
            models.CheckConstraint(
                condition=Q(part__in=["client", "answer", "other_staff"]),
                name="sla_requestmessage_part_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_part_display()


class RequestEvent(models.Model):
    """What happened to a request. Append-only: the database grants nobody a change (REQ-07)."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        OPENING_MOVED = "opening_moved", _("an earlier question was found")
        ANSWERED = "answered", _("answered")
        RESOLVED = "resolved", _("resolved by hand")
        CANCELLED = "cancelled", _("cancelled")
        REOPENED = "reopened", _("opened again")
        WARNED = "warned", _("warning")
        BREACHED = "breached", _("target missed")
        ESCALATED = "escalated", _("escalated")
        BREACH_WITHDRAWN = "breach_withdrawn", _("the breach was withdrawn")
        ACKNOWLEDGED = "acknowledged", _("taken into work")
        ANSWER_MOVED = "answer_moved", _("an earlier answer was found")
        UNDELIVERABLE = "undeliverable", _("nobody could be told")
        REFUSED = "refused", _("a press was refused")
        RECOMPUTED = "recomputed", _("due was computed anew")

    request = models.ForeignKey(Request, models.CASCADE, related_name="events", verbose_name=_("request"))
    kind = models.CharField(_("what"), max_length=24, choices=Kind)
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    actor = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="request_events",
        verbose_name=_("who"),
    )
    note = models.CharField(_("why"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
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
                    ]
                ),
                name="sla_requestevent_kind_known",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Alert(models.Model):
    """A fact that people are to be told: level 0 warns, 1 is the breach, more are escalations."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="alerts", verbose_name=_("request"))
    level = models.PositiveSmallIntegerField(_("level"))
    instant = models.DateTimeField(_("fell due"))
    created_at = models.DateTimeField(_("noticed"), db_default=Now())
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    is_undeliverable = models.BooleanField(_("nobody to tell"), default=False)
    withdrawn_at = models.DateTimeField(
        _("withdrawn"), null=True, blank=True, help_text=_("The deadline moved, and it was none.")
    )

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-instant", "-level"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "level", "instant"],
                condition=Q(withdrawn_at__isnull=True),
                name="sla_alert_valid_once",
            )
        ]
        indexes = [models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="sla_alert_untold")]

    def __str__(self) -> str:
        return f"№ {self.request_id} · {self.level}"


class Classification(models.Model):
    """What a client message was taken for, and by what (CLS-04)."""

    class Label(models.TextChoices):
        REQUEST = "REQUEST", _("request")
        CLARIFICATION = "CLARIFICATION", _("clarification")
        GRATITUDE = "GRATITUDE", _("thanks")
        SPAM = "SPAM", _("noise")

    class Source(models.TextChoices):
        RULES = "rules", _("rules")
        MODEL = "model", _("model")
        LLM = "llm", _("language model")
        STAFF = "staff", _("staff")

    message = models.OneToOneField(
        Message, models.CASCADE, related_name="classification", verbose_name=_("message")
    )
    label = models.CharField(_("class"), max_length=16, choices=Label)
    confidence = models.FloatField(_("confidence"))
    source = models.CharField(_("by"), max_length=16, choices=Source)
    version = models.CharField(_("version"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("class of a message")
        verbose_name_plural = _("classes of messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(label__in=["REQUEST", "CLARIFICATION", "GRATITUDE", "SPAM"]),
                name="sla_classification_label_known",
            ),
            models.CheckConstraint(
                condition=Q(source__in=["rules", "model", "llm", "staff"]),
                name="sla_classification_source_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_label_display()


class Tick(models.Model):
    """The engine's pulse: when it last looked for due requests (TIM-06, one row)."""

    ran_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulse")

    def __str__(self) -> str:
        return f"{self.ran_at:%H:%M:%S}"
