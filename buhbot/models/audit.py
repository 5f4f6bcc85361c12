"""The audit log: who changed what, from where; rows are only ever added (ADM-10)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buhbot.models.people import User


class AuditEntry(models.Model):
    """One change, sign-in or refusal. Names are kept as they were, as history is not rewritten."""

    class Kind(models.TextChoices):
        ADDED = "added", pgettext_lazy("audit", "added")
        CHANGED = "changed", pgettext_lazy("audit", "changed")
        DELETED = "deleted", pgettext_lazy("audit", "deleted")
        DONE = "done", pgettext_lazy("audit", "action")
        SIGNED_IN = "signed_in", pgettext_lazy("audit", "signed in")
        SIGNED_OUT = "signed_out", pgettext_lazy("audit", "signed out")
        SIGN_IN_FAILED = "sign_in_failed", pgettext_lazy("audit", "sign-in failed")
        REFUSED = "refused", pgettext_lazy("audit", "refused")

    class Source(models.TextChoices):
        ADMIN = "admin", pgettext_lazy("audit", "panel")
        BOT = "bot", pgettext_lazy("audit", "bot")
        COMMAND = "command", pgettext_lazy("audit", "command line")
        ITSELF = "itself", pgettext_lazy("audit", "by itself")

    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what kind"), max_length=16, choices=Kind)
    source = models.CharField(_("from where"), max_length=16, choices=Source)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("staff member")
    )
    who = models.CharField(_("who"), max_length=200, blank=True)
    model = models.CharField(max_length=100, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    object_name = models.CharField(_("what"), max_length=200, blank=True)
    note = models.CharField(_("action"), max_length=500, blank=True)
    changes = models.JSONField(_("changes"), default=list, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "added",
                        "changed",
                        "deleted",
                        "done",
                        "signed_in",
                        "signed_out",
                        "sign_in_failed",
                        "refused",
                    ]
                ),
                name="buhbot_auditentry_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(source__in=["admin", "bot", "command", "itself"]),
                name="buhbot_auditentry_source_known",
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="buhbot_auditentry_by_time"),
            models.Index(fields=["actor", "-at"], name="buhbot_auditentry_by_actor"),
            models.Index(fields=["model", "object_id"], name="buhbot_auditentry_by_object"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.get_kind_display()}: {self.object_name}" if self.object_name else self.get_kind_display()
        )
