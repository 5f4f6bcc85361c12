"""The pages of broadcasts, with the test that a person sends to themselves (STF-05)."""

from django.contrib import admin

from bot.models import OutgoingMessage
from bot.outbox import queue_message
from buhbot.admin.broadcasts import BroadcastAdmin as BaseBroadcastAdmin
from buhbot.models import Broadcast, User


@admin.register(Broadcast)
class BroadcastAdmin(BaseBroadcastAdmin):
    """Broadcasts."""

    def send_test(self, to: User, text: str) -> None:
        queue_message(to, audience=OutgoingMessage.Audience.STAFF, text=text)
