"""The pages of chats, with what the bot may hear (ADM-04)."""

from django.contrib import admin

from bot.models import BotAccount
from buhbot.models import Chat
from sla.admin.chats import ChatAdmin as BaseChatAdmin


@admin.register(Chat)
class ChatAdmin(BaseChatAdmin):
    """Chats."""

    def reads_all_messages(self) -> bool | None:
        account = BotAccount.objects.first()
        return account.reads_all_messages if account else None
