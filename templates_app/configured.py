"""The parts of the configuration that are of this room: the firm's templates and frequent questions (BAK-03)."""

from django.db.models import Q

from buhbot.configuration import Table
from templates_app.models import FaqItem, Template

PARTS = (
    Table("templates", Template, ("shortcut",), ("title", "text", "category"), only=Q(owner=None)),
    Table("faq", FaqItem, ("question",), ("answer", "keywords", "is_enabled")),
)
