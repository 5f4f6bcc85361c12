"""First steps about Telegram: the bot's token, its process, and whether anything arrives (ADM-08)."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from bot.models import BotAccount, InboundUpdate, SenderLease
from buhbot.admin.first_steps import Step


def token_works(_now: datetime) -> Step:
    """Telegram has told who the bot of this token is."""
    bot_id, _colon, _secret = settings.TELEGRAM_BOT_TOKEN.partition(":")
    known = (
        BotAccount.objects.filter(telegram_id=int(bot_id))
        if bot_id.isdecimal()
        else BotAccount.objects.none()
    )
    return Step(
        title=_("The bot's token works"),
        is_done=known.exists(),
        how=_(
            "@BotFather gives the token; it goes into the server's settings, and the bot is started again."
        ),
        link="https://t.me/BotFather",
        where="@BotFather",
    )


def bot_runs(now: datetime) -> Step:
    """A bot process holds the lease of sending at present (OUT-01)."""
    return Step(
        title=_("The bot is running"),
        is_done=SenderLease.objects.filter(expires_at__gt=now).exists(),
        how=_("Start the bot's process on the server. What waits to be sent:"),
        link=f"{reverse('admin:bot_outgoingmessage_changelist')}?state__exact=queued",
        where=_("Outbox"),
    )


def updates_arrive(_now: datetime) -> Step:
    """Telegram has brought something: by webhook, or asked for by polling (BOT-08)."""
    return Step(
        title=_("Telegram delivers messages"),
        is_done=InboundUpdate.objects.exists(),
        how=_("Register the webhook on the server, then write anything to the bot. What came in:"),
        link=reverse("admin:bot_inboundupdate_changelist"),
        where=_("Inbox"),
    )
