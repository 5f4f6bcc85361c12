"""What happened to requests and whom it is to be told: events, alerts, the engine's pulse."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from buhbot.models import User
from sla.models.requests import Request


class EventKind(models.TextChoices):
    """What may happen to a request."""

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
    PAUSED = "paused", _("waits for the client")
    RESUMED = "resumed", _("the client is back")
    SNOOZED = "snoozed", _("snoozed")
    ACCOUNTANT_NOTIFIED = "accountant_notified", _("the accountant was asked to answer")
    RECLASSIFIED = "reclassified", _("the class was corrected")
    FAQ_ANSWERED = "faq_answered", _("answered by the FAQ")
    DUTY_CHANGED = "duty_changed", _("others are on duty")
    ASSIGNED = "assigned", _("assigned")
    CALLED = "called", _("the client asks for the accountant")


class RequestEvent(models.Model):
    """What happened to a request. Append-only: the database grants nobody a change (REQ-07)."""

    Kind = EventKind

    request = models.ForeignKey(Request, models.CASCADE, related_name="events", verbose_name=_("request"))
    kind = models.CharField(_("what"), max_length=24, choices=EventKind)
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
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="sla_requestevent_kind_known")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class AlertKind(models.TextChoices):
    """Why people are told."""

    WARNING = "warning", _("warning")
    BREACH = "breach", _("target missed")
    ESCALATION = "escalation", _("escalation")
    NUDGE = "nudge", _("a manager asks to answer")
    CALL = "call", _("the client asks for the accountant")


ASKED = (AlertKind.NUDGE, AlertKind.CALL)  # what people ask, beside what the clock says


class Alert(models.Model):
    """A fact that people are to be told: level 0 warns, 1 is the breach, more are escalations.

    What people ask has the level that the request has at the time.
    """

    Kind = AlertKind

    request = models.ForeignKey(Request, models.CASCADE, related_name="alerts", verbose_name=_("request"))
    kind = models.CharField(_("why"), max_length=16, choices=AlertKind)
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
                fields=["request", "kind", "level", "instant"],
                condition=Q(withdrawn_at__isnull=True),
                name="sla_alert_valid_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=AlertKind.values), name="sla_alert_kind_known"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="sla_alert_untold"),
            models.Index(fields=["told_at"], name="sla_alert_told"),
        ]

    def __str__(self) -> str:
        return f"№ {self.request_id} · {self.level}"


class Tick(models.Model):
    """The engine's pulse: when it last looked for due requests (TIM-06, one row)."""

    ran_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulse")

    def __str__(self) -> str:
        return f"{self.ran_at:%H:%M:%S}"
