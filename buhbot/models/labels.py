"""Labels that the firm puts on chats."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ChatLabel(models.Model):
    """A word by which chats are found and put together: «VAT», «moving out» (SUR-03)."""

    name = models.CharField(pgettext_lazy("thing", "name"), max_length=50, unique=True)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
