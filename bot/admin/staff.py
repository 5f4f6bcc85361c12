"""The staff page with the bot's name, which its one-time links need (STF-01)."""

from typing import Any, ClassVar

from django.contrib import admin

from bot.models import BotAccount
from buhbot.admin.staff import StaffAdmin as BaseStaffAdmin
from buhbot.models import User
from sla.admin.filters import DutyFilter


@admin.register(User)
class StaffAdmin(BaseStaffAdmin):
    """People of the firm."""

    list_filter: ClassVar[Any] = (*BaseStaffAdmin.list_filter, DutyFilter)

    def bot_username(self) -> str:
        account = BotAccount.objects.first()
        return account.username if account else ""
