"""The ground floor: people, chats, the message log, calendars and settings of the firm."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BuhbotConfig(AppConfig):
    name = "buhbot"
    verbose_name = _("Firm")
