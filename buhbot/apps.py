"""The ground floor: people, chats, the message log, calendars and settings of the firm."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from buhbot.ops import checks

__all__ = ["BuhbotConfig", "checks"]  # the import of the checks registers them


class BuhbotConfig(AppConfig):
    name = "buhbot"
    verbose_name = _("Firm")
