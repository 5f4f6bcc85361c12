"""Who is to look after a chat from now on hears of it, once (STF-06)."""

from datetime import datetime

from django.db import transaction

from bot.announcer.alone import alone
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import notices as texts
from buhbot.models import Assignment, Notice, User

Duty = Assignment.Duty


def tell_assignments(now: datetime) -> int:
    """Tell everybody who got chats to look after; return how many people that were."""
    people = (
        Assignment.objects.filter(told_at=None).order_by("user").values_list("user", flat=True).distinct()
    )
    return sum(alone(_tell, user_id, now) for user_id in list(people))


@transaction.atomic
def _tell(user_id: int, now: datetime) -> int:
    """Tell one person of all new chats at once; who does not want to hear, or cannot, is passed over for good."""
    untold = Assignment.objects.select_for_update(skip_locked=True, of=("self",)).filter(told_at=None)
    duties = list(untold.filter(user=user_id).select_related("chat").order_by("chat__client_name", "pk"))
    if not duties:
        return 0
    user = User.objects.get(pk=user_id)
    if user.is_reachable and user.wants(Notice.ASSIGNMENTS):
        text = texts.new_chats(_chats(duties, Duty.ACCOUNTANT), _chats(duties, Duty.MANAGER))
        queue_message(user, audience=OutgoingMessage.Audience.STAFF, text=text)
    Assignment.objects.filter(pk__in=[duty.pk for duty in duties]).update(told_at=now)
    return 1


def _chats(duties: list[Assignment], duty: str) -> list[str]:
    return [str(row.chat) for row in duties if row.duty == duty]
