"""Switch the watch over a chat on and off (CHT-02, TIM-05)."""

from datetime import datetime

from django.db import transaction

from buhbot.models import Chat, User
from sla.models import Request
from sla.rules import Obstacle
from sla.selectors import monitoring_obstacles
from sla.services.actions import cancel_chat_requests


class CannotMonitor(Exception):
    """Something that the watch needs is missing; `obstacles` says what."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(", ".join(obstacles))
        self.obstacles = obstacles


@transaction.atomic
def start_monitoring(chat: Chat) -> None:
    """Measure what clients ask in the chat from now on (CHT-02). Raises CannotMonitor."""
    if obstacles := monitoring_obstacles(chat):
        raise CannotMonitor(obstacles)
    Chat.objects.filter(pk=chat.pk).update(is_monitored=True)
    chat.is_monitored = True


@transaction.atomic
def stop_monitoring(chat: Chat, *, actor: User, now: datetime) -> int:
    """Measure nothing in the chat any more and cancel what is open; return how many requests that were (TIM-05)."""
    Chat.objects.filter(pk=chat.pk).update(is_monitored=False)
    chat.is_monitored = False
    return cancel_chat_requests(chat, reason=Request.Reason.UNMONITORED, now=now, actor=actor)
