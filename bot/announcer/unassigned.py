"""What a client of several chats assigns to none reaches the accountants all the same (CLI-10, CLI-05)."""

from datetime import datetime, timedelta

from django.db import transaction

from bot.announcer.alone import alone
from bot.handlers.choosing import go_on_by_itself
from bot.models import WaitingOrder

PATIENCE = timedelta(minutes=10)


def pass_on_unassigned(now: datetime) -> int:
    """Let what waited for a choice long enough go to the chat that its client wrote in last; return of how many."""
    stale = WaitingOrder.objects.filter(received_at__lte=now - PATIENCE)
    people = list(stale.order_by("telegram_id").values_list("telegram_id", flat=True).distinct())
    return sum(alone(_pass_on, person, now) for person in people)


@transaction.atomic
def _pass_on(telegram_id: int, now: datetime) -> int:
    """Do all of one client's, younger ones too: they are of one conversation."""
    rows = WaitingOrder.objects.select_for_update().filter(telegram_id=telegram_id)
    waiting = list(rows.order_by("pk"))  # a press that chose meanwhile has taken them away
    if not any(row.received_at <= now - PATIENCE for row in waiting):
        return 0
    go_on_by_itself(waiting)
    return 1
