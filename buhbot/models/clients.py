"""Clients as persons: where they are members, and what they chose for themselves in the bot."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buhbot.models.chats import Chat


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


class Membership(models.Model):
    """What Telegram said of a person in a group: came or went, and when (CLI-05). Who only wrote there has no row."""

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="memberships", verbose_name=_("chat"))
    telegram_id = models.BigIntegerField(_("Telegram id"), db_index=True)
    is_member = models.BooleanField(_("member"))
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("member of a chat")
        verbose_name_plural = _("members of chats")
        constraints = [models.UniqueConstraint(fields=["chat", "telegram_id"], name="buhbot_membership_once")]

    def __str__(self) -> str:
        return f"{self.telegram_id} · {self.chat}"


class ChosenChat(models.Model):
    """The chat to which belongs what a client of several writes in private (CLI-05)."""

    telegram_id = models.BigIntegerField(_("Telegram id"), unique=True)
    chat = models.ForeignKey(Chat, models.CASCADE, related_name="chosen_by", verbose_name=_("chat"))
    chosen_at = models.DateTimeField(_("chosen"))

    class Meta:
        verbose_name = _("chosen chat")
        verbose_name_plural = _("chosen chats")

    def __str__(self) -> str:
        return f"{self.telegram_id} · {self.chat}"
