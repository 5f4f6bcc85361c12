"""What Telegram sent and what it is to be told: the inbox, the outbox, and who sends."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from buhbot.models import Chat, User
from sla.models import Alert


class InboundUpdate(models.Model):
    """An update as Telegram sent it, stored before it is acted on (BOT-02)."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        PROCESSED = "processed", _("processed")
        FAILED = "failed", _("failed")

    update_id = models.BigIntegerField(_("update"), unique=True)
    lane = models.BigIntegerField(_("chat or person"), help_text=_("Updates of one lane keep their order."))
    payload = models.JSONField(_("content"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("error"), blank=True)
    received_at = models.DateTimeField(_("received"), db_default=Now())
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)

    class Meta:
        verbose_name = _("received update")
        verbose_name_plural = _("inbox")
        ordering = ["-update_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "processed", "failed"]),
                name="bot_inboundupdate_state_known",
            )
        ]
        indexes = [
            models.Index(
                fields=["lane", "update_id"], condition=Q(state="pending"), name="bot_inboundupdate_pending"
            ),
            models.Index(
                fields=["received_at"], condition=Q(state="failed"), name="bot_inboundupdate_failed"
            ),
            models.Index(
                fields=["processed_at"], condition=Q(state="processed"), name="bot_inboundupdate_processed"
            ),
        ]

    def __str__(self) -> str:
        return str(self.update_id)


class OutgoingMessage(models.Model):
    """One call of the Bot API that was decided (OUT-01). Its address is a chat or a person, never a bare id."""

    class Method(models.TextChoices):
        SEND = "sendMessage", _("message")
        COPY = "copyMessage", _("copy of a message")
        EDIT = "editMessageText", _("edit")
        CAPTION = "editMessageCaption", _("edit of a caption")
        DELETE = "deleteMessage", _("deletion")
        ANSWER = "answerCallbackQuery", _("button answer")
        INLINE = "answerInlineQuery", _("suggestions while typing")

    class Audience(models.TextChoices):
        CLIENT = "client", _("client")
        STAFF = "staff", _("staff")
        TEAM_CHAT = "team_chat", _("team chat")

    class Priority(models.IntegerChoices):
        ANSWER = 0, _("button answer")
        ALERT = 10, _("alert")
        REPLY = 20, _("reply")
        SURVEY = 30, _("survey or broadcast")

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNDELIVERED = "undelivered", _("undelivered")
        CANCELLED = "cancelled", _("not needed any more")

    method = models.CharField(_("what"), max_length=32, choices=Method, default=Method.SEND)
    audience = models.CharField(_("audience"), max_length=16, choices=Audience)
    chat = models.ForeignKey(
        Chat, models.CASCADE, null=True, blank=True, related_name="outgoing", verbose_name=_("chat")
    )
    recipient = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="outgoing",
        verbose_name=_("staff member"),
    )
    payload = models.JSONField(_("content"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.REPLY)
    dedupe_key = models.CharField(max_length=200, null=True, blank=True, unique=True)  # noqa: DJ001 (unique, so null)
    subject = models.CharField(_("about"), max_length=64, blank=True, db_index=True)
    edits = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="edits_made", verbose_name=_("edits")
    )
    alerts = models.ManyToManyField(
        Alert,
        blank=True,
        related_name="outgoing",
        verbose_name=_("alerts"),
        help_text=_("The facts that it tells of: one, or those of a list (ALR-06)."),
    )
    due_at = models.DateTimeField(
        null=True, blank=True, help_text=_("The instant that the message tells of (TIM-02).")
    )
    not_before = models.DateTimeField(_("not before"), db_default=Now())
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    telegram_chat_id = models.BigIntegerField(null=True, blank=True)
    telegram_message_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("queued"), db_default=Now())
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outbox")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(audience="client", chat__isnull=False, recipient__isnull=True)
                    | Q(audience="staff", chat__isnull=True, recipient__isnull=False)
                    | Q(audience="team_chat", chat__isnull=False, recipient__isnull=True)
                ),
                name="bot_outgoingmessage_audience_fits_address",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "sent", "undelivered", "cancelled"]),
                name="bot_outgoingmessage_state_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    method__in=[
                        "sendMessage",
                        "copyMessage",
                        "editMessageText",
                        "editMessageCaption",
                        "deleteMessage",
                        "answerCallbackQuery",
                        "answerInlineQuery",
                    ]
                ),
                name="bot_outgoingmessage_method_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "id"],
                condition=Q(state__in=["queued", "sending"]),
                name="bot_outgoingmessage_pending",
            ),
            models.Index(
                fields=["chat", "id"],
                condition=Q(state__in=["queued", "sending"]),
                name="bot_outgoingmessage_by_chat",
            ),
            models.Index(
                fields=["recipient", "id"],
                condition=Q(state__in=["queued", "sending"]),
                name="bot_outgoingmessage_by_person",
            ),
            models.Index(fields=["sent_at"], condition=Q(state="sent"), name="bot_outgoingmessage_sent"),
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["undelivered", "cancelled"]),
                name="bot_outgoingmessage_unsent",
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"


FAILURE_SUBJECT = "undelivered"  # of notices about failures, which are never told of when they fail
TEMPLATE_SUBJECT = "template:"  # of a template that staff asked for; then the key of the command in the log
COPY_SUBJECT = (
    "private:"  # of what a client wrote in private, for accountants; then the key of the message (CLI-10)
)
ANSWER_SUBJECT = (
    "answer:"  # of what staff answer to a client in private; then the key of the message (CLI-10)
)
SAYING = (OutgoingMessage.Method.SEND, OutgoingMessage.Method.COPY)  # messages of their own
EDITS = (OutgoingMessage.Method.EDIT, OutgoingMessage.Method.CAPTION)
# Answers that expire within seconds: they wait for nobody and count for no chat (OUT-01).
INSTANT = (OutgoingMessage.Method.ANSWER, OutgoingMessage.Method.INLINE)


class SenderLease(models.Model):
    """Which bot process sends; another takes over when the lease runs out (one row)."""

    holder = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sender lease")
        verbose_name_plural = _("sender leases")

    def __str__(self) -> str:
        return self.holder


class BotAccount(models.Model):
    """Who the bot is in Telegram, as it last told us (one row)."""

    telegram_id = models.BigIntegerField(unique=True)
    username = models.CharField(max_length=64)
    name = models.CharField(max_length=128, blank=True)
    reads_all_messages = models.BooleanField(default=False)
    checked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("bot account")
        verbose_name_plural = _("bot accounts")

    def __str__(self) -> str:
        return f"@{self.username}"


class Diagnosis(models.Model):
    """Somebody asked in a chat what is wrong with it; Telegram is asked outside of any transaction (CHT-05)."""

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="diagnoses")
    staff = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="diagnoses")
    telegram_id = models.BigIntegerField(
        null=True, blank=True, help_text=_("Empty: an anonymous administrator.")
    )
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("diagnosis")
        verbose_name_plural = _("diagnoses")
        indexes = [
            models.Index(fields=["id"], condition=Q(answered_at=None), name="bot_diagnosis_unanswered"),
        ]

    def __str__(self) -> str:
        return f"{self.chat}"


class WaitingOrder(models.Model):
    """What a client wrote or pressed in private before they said which chat is meant; done when they do (CLI-05)."""

    telegram_id = models.BigIntegerField(db_index=True)
    order = models.CharField(max_length=64, help_text="The handler that goes on with it.")
    content = models.JSONField(_("content"))
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("order that waits for its chat")
        verbose_name_plural = _("orders that wait for their chat")

    def __str__(self) -> str:
        return self.order
