"""What clients chose for themselves in the bot."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SurveyOptOut(models.Model):
    """A person who wants no surveys any more; known by Telegram's id (CLI-09, SUR-11)."""

    telegram_id = models.BigIntegerField(_("Telegram id"), unique=True)
    name = models.CharField(_("name in Telegram"), max_length=255, blank=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("opt-out of surveys")
        verbose_name_plural = _("opt-outs of surveys")
        ordering = ["-since"]

    def __str__(self) -> str:
        return self.name or str(self.telegram_id)
