"""The log of what was said in the chats (REQ-01)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buhbot.models.chats import Chat
from buhbot.models.people import User


class Message(models.Model):
    """One message. A migrated chat counts its messages anew, so Telegram's chat id belongs to the key."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        PHOTO = "photo", _("photo")
        DOCUMENT = "document", _("document")
        VOICE = "voice", _("voice message")
        VIDEO_NOTE = "video_note", _("video message")
        VIDEO = "video", _("video")
        AUDIO = "audio", _("audio")
        ANIMATION = "animation", _("animation")
        STICKER = "sticker", _("sticker")
        CONTACT = "contact", _("contact")
        LOCATION = "location", _("location")
        POLL = "poll", _("poll")
        SERVICE = "service", _("service message")
        OTHER = "other", _("other")

    class Sender(models.TextChoices):
        CLIENT = "client", _("client")
        STAFF = "staff", _("staff")
        BOT = "bot", _("bot")
        ANONYMOUS_ADMIN = "anonymous_admin", _("anonymous administrator")
        IGNORED = "ignored", _("channel or service")
        UNDELIVERED = "undelivered", _("staff, not delivered")

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="messages", verbose_name=_("chat"))
    telegram_chat_id = models.BigIntegerField()
    telegram_message_id = models.BigIntegerField()
    topic_id = models.BigIntegerField(_("topic"), default=0, help_text=_("0: no topic"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    text = models.TextField(_("text"), blank=True)
    sender = models.CharField(_("who"), max_length=16, choices=Sender)
    sender_id = models.BigIntegerField(_("Telegram id"), null=True)
    sender_name = models.CharField(pgettext_lazy("person", "name"), max_length=255, blank=True)
    staff = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("staff member"),
    )
    sent_at = models.DateTimeField(_("sent"))
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    private_with = models.BigIntegerField(
        _("in private with"),
        null=True,
        blank=True,
        help_text=_("Telegram id of the client with whom it was said in private; empty: said in the chat."),
    )
    reply_to_message_id = models.BigIntegerField(null=True)
    media_group_id = models.CharField(max_length=64, blank=True)
    file_id = models.CharField(max_length=255, blank=True)
    file_unique_id = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    erased_at = models.DateTimeField(
        _("erased"),
        null=True,
        blank=True,
        help_text=_("At the request of the client; nothing is kept but the time."),
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("message log")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["telegram_chat_id", "telegram_message_id"], name="buhbot_message_once"
            )
        ]
        indexes = [
            models.Index(fields=["chat", "topic_id", "sent_at"], name="buhbot_message_by_time"),
            models.Index(fields=["sent_at", "id"], name="buhbot_message_by_age"),
            models.Index(
                fields=["chat", "topic_id", "sent_at"],
                condition=models.Q(sender="staff"),
                name="buhbot_message_of_staff",
            ),
            models.Index(
                fields=["sender_id", "sent_at"],
                condition=models.Q(sender_id__isnull=False),
                name="buhbot_message_by_person",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60] or self.get_kind_display()

    @property
    def is_private(self) -> bool:
        """Whether it was said to the bot in private, or by the bot to the client there (CLI-10)."""
        return self.private_with is not None


class MessageRevision(models.Model):
    """What a message said before an edit (REQ-01)."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="revisions", verbose_name=_("message"))
    text = models.TextField(_("text before"), blank=True)
    replaced_at = models.DateTimeField(_("replaced"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["replaced_at"]
        constraints = [
            models.UniqueConstraint(fields=["message", "replaced_at"], name="buhbot_messagerevision_once")
        ]

    def __str__(self) -> str:
        return self.text[:60]
