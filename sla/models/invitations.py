"""One-time invitations that bind a group of a client to who looks after it, and by which terms (CHT-03)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buhbot.models import Chat, User
from sla.models.policies import Policy


class Invitation(models.Model):
    """What a group is bound to by whoever of the firm uses the link there; the token itself is not kept."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    client_name = models.CharField(_("client"), max_length=200)
    accountant = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations_for",
        verbose_name=_("accountant"),
        help_text=_("Without one the chat is not monitored until somebody is assigned."),
    )
    policy = models.ForeignKey(
        Policy,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("policy of this chat only"),
        help_text=_("Empty: the tier's, else the firm's."),
    )
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="invitations_made",
        verbose_name=_("created by"),
    )
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(pgettext_lazy("invitation", "used"), null=True, blank=True)
    used_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations_used",
        verbose_name=_("used by"),
    )
    chat = models.ForeignKey(
        Chat,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("chat"),
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="sla_invitation_expires_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return self.client_name
