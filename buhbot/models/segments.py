"""Groups of chats that are written to together: labels, saved segments, and who is left out of a mailing and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buhbot.models.calendars import Tier
from buhbot.models.chats import Chat
from buhbot.models.labels import ChatLabel
from buhbot.models.people import User


class LeftOut(models.TextChoices):
    """Why a chat is not written to, though it was chosen (SUR-03, STF-05)."""

    GONE = "gone", _("the bot is not in the chat")
    PAUSED = "paused", _("the chat is paused")
    UNMONITORED = "unmonitored", _("the chat is not monitored")
    UNREACHABLE = "unreachable", _("messages do not arrive")
    OPTED_OUT = "opted_out", _("the client wants no broadcasts")


class Segment(models.Model):
    """Chats that fit what is chosen here, now and in time to come; those picked by hand always belong (SUR-03)."""

    name = models.CharField(pgettext_lazy("thing", "name"), max_length=100, unique=True)
    tiers = models.ManyToManyField(
        Tier, blank=True, related_name="segments", verbose_name=_("client tiers"), help_text=_("Empty: any.")
    )
    accountants = models.ManyToManyField(
        User,
        blank=True,
        related_name="segments",
        verbose_name=_("accountants"),
        help_text=_("Empty: any. Substitutes do not count."),
    )
    labels = models.ManyToManyField(
        ChatLabel,
        blank=True,
        related_name="segments",
        verbose_name=_("labels"),
        help_text=_("Empty: any. One of those chosen is enough."),
    )
    chats = models.ManyToManyField(
        Chat,
        blank=True,
        related_name="segments",
        verbose_name=_("chats picked by hand"),
        help_text=_("They belong to the segment whatever is chosen above."),
    )

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Addressed(models.Model):
    """What goes to many chats at once: to all of them, to a segment, or to those picked by hand (STF-05, SUR-03)."""

    class Audience(models.TextChoices):
        ALL = "all", _("all clients' chats")
        SEGMENT = "segment", _("a segment")
        PICKED = "picked", _("chats picked by hand")

    audience = models.CharField(_("to whom"), max_length=16, choices=Audience, default=Audience.ALL)
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("segment"),
    )
    chats = models.ManyToManyField(
        Chat, blank=True, related_name="%(class)ss", verbose_name=_("chats picked by hand")
    )

    class Meta:
        abstract = True
