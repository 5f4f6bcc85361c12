"""Working calendars, their immutable versions, and client tiers."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

DEFAULT_HOURS = "09:00-18:00"


def default_weekly() -> dict[str, str]:
    """Monday to Friday, nine to six."""
    return {str(day): DEFAULT_HOURS if day <= 5 else "" for day in range(1, 8)}


class Calendar(models.Model):
    """Weekly working hours in a time zone (WT-01). Hours are text such as «09:00-13:00, 14:00-18:00»."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Moscow")
    weekly = models.JSONField(_("week"), default=default_weekly)
    is_default = models.BooleanField(_("the firm's calendar"), default=False)
    follows_production_calendar = models.BooleanField(
        _("follows the Russian production calendar"),
        default=False,
        db_default=False,
        help_text=_("Holidays, transfers and short days come by themselves; days edited by hand stay."),
    )

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="buhbot_calendar_one_default",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CalendarException(models.Model):
    """A date whose hours differ: a holiday, a short day, a working Saturday (WT-01)."""

    class Source(models.TextChoices):
        MANUAL = "manual", _("by hand")
        PRODUCTION = "production", _("production calendar")

    calendar = models.ForeignKey(
        Calendar, models.CASCADE, related_name="exceptions", verbose_name=_("calendar")
    )
    date = models.DateField(_("date"))
    hours = models.CharField(
        _("hours"), max_length=200, blank=True, help_text=_("Empty: a day off. For example 09:00-17:00.")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    source = models.CharField(_("from"), max_length=16, choices=Source, default=Source.MANUAL)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "date"], name="buhbot_calendarexception_one_a_date"),
            models.CheckConstraint(
                condition=models.Q(source__in=["manual", "production"]),
                name="buhbot_calendarexception_source_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y}"


class CalendarVersion(models.Model):
    """A calendar as it stood when requests were measured by it: whole and immutable (REQ-06)."""

    calendar = models.ForeignKey(
        Calendar, models.CASCADE, related_name="versions", verbose_name=_("calendar")
    )
    number = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=100)
    time_zone = models.CharField(_("time zone"), max_length=64)
    weekly = models.JSONField(_("week"))
    exceptions = models.JSONField(_("exceptions"), default=dict)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="buhbot_calendarversion_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.number}"


class Tier(models.Model):
    """How a client is served; policies and calendars may hang on it (WT-10, ALR-01)."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)
    calendar = models.ForeignKey(
        Calendar, models.PROTECT, null=True, blank=True, related_name="tiers", verbose_name=_("calendar")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("client tier")
        verbose_name_plural = _("client tiers")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name
