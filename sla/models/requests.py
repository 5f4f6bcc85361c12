"""Requests and the facts about them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from buhbot.models import CalendarVersion, Chat, Message, User
from sla.rules import NEVER

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
        FAQ = "faq", _("answered by the FAQ")

    class Origin(models.TextChoices):
        CHAT = "chat", _("the chat")
        PRIVATE = "private", _("a private message to the bot")

    chat = models.ForeignKey(Chat, models.PROTECT, related_name="requests", verbose_name=_("chat"))
    topic_id = models.BigIntegerField(_("topic"), default=0)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.OPEN)
    text = models.CharField(_("text"), max_length=500, blank=True)
    wish = models.CharField(
        _("ordered by a button"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("What the client ordered by buttons of the menu; empty: only written (CLI-04, CLI-08)."),
    )
    origin = models.CharField(
        _("opened from"), max_length=16, choices=Origin, default=Origin.CHAT, db_default="chat"
    )
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
    assigned_to = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="assigned_requests",
        verbose_name=_("assigned to"),
        help_text=_("Empty: all accountants on duty. It counts while the person is on duty in the chat."),
    )

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
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    snoozed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="snoozed_requests",
        verbose_name=_("snoozed by"),
    )
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_seconds = models.PositiveBigIntegerField(
        _("paused before, working seconds"), default=0, db_default=0
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
                condition=Q(origin__in=["chat", "private"]), name="sla_request_origin_known"
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
            models.Index(fields=["chat", "closed_at"], name="sla_request_by_end"),
            models.Index(fields=["opened_at"], name="sla_request_by_opening"),
            models.Index(
                fields=["closed_at"], condition=Q(closed_at__isnull=False), name="sla_request_by_closing"
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def is_last_level(self) -> bool:
        """Whether nothing escalates any more (ALR-01)."""
        return self.level >= self.max_level

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_answered_by_faq(self) -> bool:
        """Ended by an automatic answer that helped, and by no person (ANS-05)."""
        return self.state == self.State.ANSWERED and self.close_reason == self.Reason.FAQ

    @property
    def has_due(self) -> bool:
        """False: its calendar has no working time for the target, and it is due at no instant (WT-06)."""
        return self.due_at != NEVER

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
    message = models.ForeignKey(  # a request keeps its messages (SEC-14)
        Message, models.PROTECT, related_name="request_messages", verbose_name=_("message")
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
