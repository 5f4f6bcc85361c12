"""Messages of the firm to many clients at once (STF-05)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buhbot.models.deliveries import Delivery
from buhbot.models.people import User
from buhbot.models.segments import Addressed


class Broadcast(Addressed):
    """A message that a manager writes: draft → scheduled → sending → done, or stopped on the way."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("broadcast", "draft")
        SCHEDULED = "scheduled", pgettext_lazy("broadcast", "scheduled")
        SENDING = "sending", pgettext_lazy("broadcast", "being sent")
        DONE = "done", pgettext_lazy("broadcast", "sent")
        STOPPED = "stopped", pgettext_lazy("broadcast", "stopped")

    title = models.CharField(_("title"), max_length=100, help_text=_("For the list; clients do not see it."))
    text = models.TextField(pgettext_lazy("broadcast", "text"), max_length=10_000)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.DRAFT, editable=False)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="broadcasts", verbose_name=_("written by"), editable=False
    )
    created_at = models.DateTimeField(_("created"), editable=False)
    start_at = models.DateTimeField(_("start"), null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "scheduled", "sending", "done", "stopped"]),
                name="buhbot_broadcast_state_known",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=["all", "segment", "picked"]),
                name="buhbot_broadcast_audience_known",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(start_at__isnull=False),
                name="buhbot_broadcast_starts_at_some_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["start_at"],
                condition=Q(state__in=["scheduled", "sending", "stopped"]),
                name="buhbot_broadcast_under_way",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.state == self.State.DRAFT


class BroadcastDelivery(Delivery):
    """One chat's copy of a broadcast."""

    broadcast = models.ForeignKey(Broadcast, models.PROTECT, related_name="deliveries")

    class Meta:
        verbose_name = _("delivery of a broadcast")
        verbose_name_plural = _("deliveries of broadcasts")
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "chat"], name="buhbot_broadcastdelivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "queued", "sent", "failed", "skipped", "stopped"]),
                name="buhbot_broadcastdelivery_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["broadcast", "state"], name="buhbot_broadcastdelivery_state"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["waiting", "queued"]),
                name="buhbot_broadcastdelivery_open",
            ),
        ]
