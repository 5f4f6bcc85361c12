"""Django's Admin with our site."""

from django.contrib.admin.apps import AdminConfig


class PanelConfig(AdminConfig):
    """The managers' panel (`buhbot/panel.py`)."""

    default_site = "buhbot.panel.Panel"
