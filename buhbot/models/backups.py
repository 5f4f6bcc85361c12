"""Backups that were made: what the freshness of the last one is known by (BAK-01)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Backup(models.Model):
    """An archive that was whole and stood where it should when it was made; rows are only ever added."""

    name = models.CharField(_("file"), max_length=100, unique=True)
    made_at = models.DateTimeField(_("made"))
    size_bytes = models.BigIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    places = models.JSONField(_("where"), default=list)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["-made_at"], name="buhbot_backup_by_time")]

    def __str__(self) -> str:
        return self.name
