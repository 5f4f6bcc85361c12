"""The parts of the configuration that are of this room: templates, frequent questions, services (BAK-03)."""

from django.db.models import Q

from buhbot.configuration import Table
from templates_app.models import FaqItem, QuickButton, Service, Template

PARTS = (
    Table("templates", Template, ("shortcut",), ("title", "text", "category"), only=Q(owner=None)),
    Table("faq", FaqItem, ("question",), ("answer", "keywords", "is_enabled")),
    Table("services", Service, ("name",), ("description", "price", "fields", "is_enabled", "position")),
    Table("quick_buttons", QuickButton, ("label",), ("wish", "is_enabled", "position")),
)
