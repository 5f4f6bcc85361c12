"""First steps about chats and who is told (ADM-08)."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from buhbot.admin.first_steps import Step
from sla.duty import watched_chats
from sla.selectors import SERVING_ROLES, reachable_staff


def manager_is_reachable(_now: datetime) -> list[Step]:
    """Somebody can be told of a breach where the accountant cannot (ALR-08)."""
    return [
        Step(
            title=_("A manager can be told of late answers"),
            is_done=reachable_staff().filter(role__in=SERVING_ROLES).exists(),
            how=_(
                "A manager or an administrator opens their sign-up link in Telegram and does not block the bot."
            ),
            link=f"{reverse('admin:buhbot_user_changelist')}?telegram=cannot&is_active__exact=1",
            where=_("Staff"),
        )
    ]


def chat_is_monitored(_now: datetime) -> list[Step]:
    """A client's chat is monitored (CHT-02)."""
    return [
        Step(
            title=_("A client's chat is monitored"),
            is_done=watched_chats().exists(),
            how=_("Add the bot to a client's group, assign an accountant on its page and start monitoring."),
            link=f"{reverse('admin:buhbot_chat_changelist')}?is_monitored__exact=0",
            where=_("Chats"),
        )
    ]
