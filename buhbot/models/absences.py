"""When somebody of the firm is away, and who stands in (STF-03)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buhbot.models.people import User


class Absence(models.Model):
    """A person is away from `starts_at` until `ends_at`, exclusive: whole days of the firm's zone, kept as instants."""

    user = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name=_("staff member"))
    substitute = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stands_in",
        verbose_name=_("substitute"),
    )
    starts_at = models.DateTimeField(_("away from"))
    ends_at = models.DateTimeField(_("back on"))
    created_at = models.DateTimeField(_("entered"))
    created_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="absences_entered",
        verbose_name=_("entered by"),
    )
    told_at = models.DateTimeField(_("substitute told"), null=True, blank=True, editable=False)
    gaps_told_at = models.DateTimeField(_("managers told"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="buhbot_absence_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(substitute__isnull=True) | ~models.Q(substitute=models.F("user")),
                name="buhbot_absence_substitute_is_another",
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="buhbot_absence_by_end")]

    def __str__(self) -> str:
        return str(self.user)


class SubstitutionEnded(models.Model):
    """Somebody who was told to stand in is not to any more; kept until the bot has told of it (STF-03)."""

    substitute = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("substitute"))
    person = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("staff member"))
    starts_at = models.DateTimeField(_("away from"))
    ends_at = models.DateTimeField(_("back on"))

    class Meta:
        verbose_name = _("substitution that has ended")
        verbose_name_plural = _("substitutions that have ended")

    def __str__(self) -> str:
        return str(self.person)
