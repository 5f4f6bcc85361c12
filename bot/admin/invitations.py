"""The page of invitations with the bot's name, which their links need (CHT-03)."""

from django.contrib import admin

from bot.models import BotAccount
from sla.admin.invitations import InvitationAdmin as BaseInvitationAdmin
from sla.models import Invitation


@admin.register(Invitation)
class InvitationAdmin(BaseInvitationAdmin):
    """Links that bind a group."""

    def bot_username(self) -> str:
        account = BotAccount.objects.first()
        return account.username if account else ""
