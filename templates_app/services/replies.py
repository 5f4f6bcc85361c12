"""Templates: checked when they are saved, counted when they are used (TPL-01, TPL-02, TPL-03)."""

from django.db.models import F

from templates_app.models import Template
from templates_app.rules import tidy_shortcut, unknown_variables


class UnknownVariables(ValueError):
    """The text names variables that do not exist."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class BadShortcut(ValueError):
    """A shortcut is one word."""


def require_sound(template: Template) -> None:
    """Tidy the shortcut and check the text, before saving. Raises BadShortcut or UnknownVariables (TPL-03)."""
    template.shortcut = tidy_shortcut(template.shortcut)
    if not template.shortcut or len(template.shortcut.split()) != 1:
        raise BadShortcut(template.shortcut)
    names = unknown_variables(template.text)
    if names:
        raise UnknownVariables(names)


def count_use(template: Template) -> None:
    """Count one use."""
    Template.objects.filter(pk=template.pk).update(usage_count=F("usage_count") + 1)
