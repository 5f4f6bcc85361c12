"""One chat's copy of something that goes to many: what surveys and broadcasts share (STF-05, SUR-04)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from buhbot.models.chats import Chat


class NotArrived(models.TextChoices):
    """Why a copy did not arrive."""

    UNREACHABLE = "not_reached", _("the bot was blocked or removed, or the chat is gone")
    REFUSED = "refused", _("Telegram did not take the message")


class Delivery(models.Model):
    """What becomes of one chat's copy. The table that inherits this adds what is delivered, once a chat.

    waiting → queued (it is in the outbox) → sent | failed; or skipped with a reason, or stopped before it left.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("delivery", "waiting")
        QUEUED = "queued", pgettext_lazy("delivery", "being sent")
        SENT = "sent", pgettext_lazy("delivery", "delivered")
        FAILED = "failed", pgettext_lazy("delivery", "not delivered")
        SKIPPED = "skipped", pgettext_lazy("delivery", "left out")
        STOPPED = "stopped", pgettext_lazy("delivery", "stopped")

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="%(class)s_set", verbose_name=_("chat"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    reason = models.CharField(
        _("reason"), max_length=32, blank=True, help_text=_("Of LeftOut or NotArrived.")
    )
    telegram_chat_id = models.BigIntegerField(null=True, blank=True)
    telegram_message_id = models.BigIntegerField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.chat)
