"""What the firm chose differently from the defaults in `buhbot/preferences.py`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Preference(models.Model):
    """One override; a missing row means the default."""

    key = models.CharField(_("setting"), max_length=64, primary_key=True)
    value = models.JSONField(_("value"))

    class Meta:
        verbose_name = _("setting")
        verbose_name_plural = _("settings")

    def __str__(self) -> str:
        return self.key
