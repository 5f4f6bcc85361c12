"""First steps about Telegram: the bot's token, its process, and whether anything arrives (ADM-08)."""

from datetime import datetime

from django.conf import settings
from django.db.models import Value
from django.urls import reverse
from django.utils.translation import gettext as _

from bot.models import BotAccount, InboundUpdate, SenderLease
from buhbot.admin.first_steps import Step

TOKEN, PROCESS, UPDATES = range(3)


def telegram_works(now: datetime) -> list[Step]:
    """The token is known to Telegram, a bot holds the lease of sending (OUT-01), and something came in (BOT-08)."""
    found = _found(now)
    return [
        Step(
            title=_("The bot's token works"),
            is_done=TOKEN in found,
            how=_(
                "@BotFather gives the token; it goes into the server's settings, and the bot is started again."
            ),
            link="https://t.me/BotFather",
            where="@BotFather",
        ),
        Step(
            title=_("The bot is running"),
            is_done=PROCESS in found,
            how=_("Start the bot's process on the server. What waits to be sent:"),
            link=f"{reverse('admin:bot_outgoingmessage_changelist')}?state__exact=queued",
            where=_("Outbox"),
        ),
        Step(
            title=_("Telegram delivers messages"),
            is_done=UPDATES in found,
            how=_("Register the webhook on the server, then write anything to the bot. What came in:"),
            link=reverse("admin:bot_inboundupdate_changelist"),
            where=_("Inbox"),
        ),
    ]


def _found(now: datetime) -> set[int]:
    """Return which of the three is there, in one query (ADM-12)."""
    bot_id, _colon, _secret = settings.TELEGRAM_BOT_TOKEN.partition(":")
    rows = (
        BotAccount.objects.filter(telegram_id=int(bot_id) if bot_id.isdecimal() else None),
        SenderLease.objects.filter(expires_at__gt=now),
        InboundUpdate.objects.all(),
    )
    first, *others = (
        found.order_by().annotate(what=Value(what)).values_list("what", flat=True)[:1]
        for what, found in enumerate(rows)
    )
    return set(first.union(*others, all=True))
