"""Policies: how long a client may wait, and who hears of it when (ALR-01)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from buhbot.models import Chat, Tier


class Policy(models.Model):
    """Targets in working minutes. One is the firm's default; a tier may have its own."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_default = models.BooleanField(_("the firm's default"), default=False)
    tier = models.OneToOneField(
        Tier, models.PROTECT, null=True, blank=True, related_name="policy", verbose_name=_("for the tier")
    )
    target_minutes = models.PositiveIntegerField(
        _("target, working minutes"), default=60, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    warning_percent = models.PositiveSmallIntegerField(
        _("warning at, % of the target"),
        default=80,
        validators=[MaxValueValidator(99)],
        help_text=_("0: no warning."),
    )
    escalation_minutes = models.PositiveIntegerField(
        _("escalate every, working minutes"), default=30, validators=[MinValueValidator(1)]
    )
    max_level = models.PositiveSmallIntegerField(
        _("escalation levels"), default=5, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    acknowledge_minutes = models.PositiveIntegerField(
        _("taking holds escalation for, working minutes"),
        default=60,
        validators=[MaxValueValidator(10_000)],
        help_text=_("0: taking stops nothing, it only tells the client that the question is in work."),
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["target_minutes", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="sla_policy_one_default"
            ),
            models.CheckConstraint(condition=Q(target_minutes__gte=1), name="sla_policy_target_positive"),
            models.CheckConstraint(condition=Q(warning_percent__lte=99), name="sla_policy_warning_percent"),
        ]

    def __str__(self) -> str:
        return self.name


class ChatPolicy(models.Model):
    """The policy of one chat where it differs from its tier's (ALR-01)."""

    chat = models.OneToOneField(Chat, models.CASCADE, related_name="policy_override", verbose_name=_("chat"))
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="chats", verbose_name=_("policy"))

    class Meta:
        verbose_name = _("policy of the chat")
        verbose_name_plural = _("policies of chats")

    def __str__(self) -> str:
        return f"{self.chat} · {self.policy}"
