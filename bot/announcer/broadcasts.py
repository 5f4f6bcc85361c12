"""Broadcasts: begun when their time has come, sent little by little, taken back when stopped (STF-05)."""

from datetime import datetime
from functools import partial

from bot.announcer.alone import attempt
from bot.announcer.mailings import Mailing, feed, reconcile, withdraw
from bot.keyboards import Keyboard
from buhbot.audience import OF_BROADCASTS
from buhbot.markup import telegram_html
from buhbot.models import Broadcast, BroadcastDelivery
from buhbot.services.broadcasts import begin_broadcast, due_broadcasts, finish_broadcasts, need_sending

State = Broadcast.State


def _write(copy: BroadcastDelivery) -> tuple[str, Keyboard]:
    return telegram_html(copy.broadcast.text), ()


BROADCASTS = Mailing(
    name="broadcast",
    campaign="broadcast",
    running=lambda: BroadcastDelivery.objects.filter(broadcast__state=State.SENDING),
    ended=lambda: BroadcastDelivery.objects.filter(broadcast__state=State.STOPPED),
    reasons=OF_BROADCASTS,
    write=_write,
)


def send_broadcasts(now: datetime) -> int:
    """Do what broadcasts need now; return how many copies or broadcasts were looked at.

    The bot does it by itself each second: neither Celery nor Redis is asked.
    """
    if not need_sending(now):
        return 0
    due = list(due_broadcasts(now).order_by("start_at").values_list("pk", flat=True))
    begun = sum(
        attempt(partial(begin_broadcast, key, now=now), what="broadcast", key=key) or 0 for key in due
    )
    moved = withdraw(BROADCASTS) + reconcile(BROADCASTS) + feed(BROADCASTS)
    return begun + moved + finish_broadcasts(now)
