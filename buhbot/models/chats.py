"""Telegram chats that the bot is a member of, and who of the firm looks after them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buhbot.models.calendars import Calendar, Tier
from buhbot.models.labels import ChatLabel
from buhbot.models.people import User


class Chat(models.Model):
    """A Telegram chat. Its own key stays when Telegram's id changes on migration (CHT-01)."""

    class Kind(models.TextChoices):
        PRIVATE = "private", _("private chat")
        GROUP = "group", _("group")
        SUPERGROUP = "supergroup", _("supergroup")
        CHANNEL = "channel", _("channel")

    class LifeCycle(models.TextChoices):
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        LEFT = "left", _("bot removed")
        DELETED = "deleted", _("deleted")

    telegram_id = models.BigIntegerField(_("Telegram id"), unique=True)
    former_telegram_id = models.BigIntegerField(
        _("Telegram id as a group"),
        null=True,
        blank=True,
        unique=True,
        help_text=_("Updates of the group that it was may come after those of the supergroup."),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    title = models.CharField(_("title"), max_length=255, blank=True)
    username = models.CharField(_("public name"), max_length=64, blank=True)
    client_name = models.CharField(_("client"), max_length=200, blank=True)
    life_cycle = models.CharField(_("state"), max_length=16, choices=LifeCycle, default=LifeCycle.ACTIVE)
    life_cycle_since = models.DateTimeField(_("in this state since"), null=True, blank=True)
    is_bot_admin = models.BooleanField(
        _("the bot is an administrator"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Unknown until the bot has asked Telegram."),
    )
    is_monitored = models.BooleanField(_("monitored"), default=False)
    is_team = models.BooleanField(
        _("internal team chat"),
        default=False,
        help_text=_("Alerts are sent here too. Only for a chat without clients."),
    )
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="chats", verbose_name=_("tier"))
    calendar = models.ForeignKey(
        Calendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="chats",
        verbose_name=_("calendar"),
        help_text=_("Empty: the tier's, else the firm's."),
    )
    sends_receipts = models.BooleanField(
        _("receipts for files"),
        default=True,
        db_default=True,
        help_text=_("The bot replies to each file of the client that it was received."),
    )
    takes_broadcasts = models.BooleanField(
        _("broadcasts"),
        default=True,
        db_default=True,
        help_text=_("Off: the client wants none; the chat is left out of them."),
    )
    labels = models.ManyToManyField(
        ChatLabel, blank=True, related_name="chats", verbose_name=_("labels"), help_text=_("For segments.")
    )
    tells_opening = models.BooleanField(
        _("answer out of hours"),
        null=True,
        blank=True,
        choices=[(None, _("as in the settings of the firm")), (True, _("yes")), (False, _("no"))],
        help_text=_("Once an evening the bot tells the client when you are back."),
    )
    staff: "models.ManyToManyField[User, Assignment]" = models.ManyToManyField(
        User, through="Assignment", related_name="chats"
    )
    registered_at = models.DateTimeField(_("registered"))
    last_message_at = models.DateTimeField(_("last message"), null=True, blank=True)
    unreachable_since = models.DateTimeField(_("unreachable since"), null=True, blank=True)
    unreachable_reason = models.CharField(_("why unreachable"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["private", "group", "supergroup", "channel"]),
                name="buhbot_chat_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(life_cycle__in=["active", "paused", "left", "deleted"]),
                name="buhbot_chat_life_cycle_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(is_team=True, is_monitored=True), name="buhbot_chat_team_is_not_monitored"
            ),
            models.UniqueConstraint(
                fields=["is_team"], condition=models.Q(is_team=True), name="buhbot_chat_one_team_chat"
            ),
        ]

    def __str__(self) -> str:
        return self.client_name or self.title or str(self.telegram_id)

    @property
    def is_watched(self) -> bool:
        """Whether its requests are measured now: switched on, and the bot is in it."""
        return self.is_monitored and self.life_cycle == self.LifeCycle.ACTIVE


class Assignment(models.Model):
    """A person's duty in a chat."""

    class Duty(models.TextChoices):
        ACCOUNTANT = "accountant", _("accountant")
        MANAGER = "manager", _("manager")

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="assignments", verbose_name=_("chat"))
    user = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="assignments",
        verbose_name=_("staff member"),
    )
    duty = models.CharField(_("duty"), max_length=16, choices=Duty, default=Duty.ACCOUNTANT)
    is_primary = models.BooleanField(_("primary"), default=False)
    told_at = models.DateTimeField(_("staff member told"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assigned staff")
        ordering = ["duty", "-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["chat", "user", "duty"], name="buhbot_assignment_once"),
            models.UniqueConstraint(
                fields=["chat"],
                condition=models.Q(is_primary=True, duty="accountant"),
                name="buhbot_assignment_one_primary_accountant",
            ),
            models.CheckConstraint(
                condition=models.Q(duty__in=["accountant", "manager"]), name="buhbot_assignment_duty_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_duty_display()}"
