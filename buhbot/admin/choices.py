"""Choices that are looked up while one types: named without a query each, and proof against what is no choice."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect

Groups = list[tuple[str | None, list[dict[str, Any]], int | None]]


class NamedChoice(AutocompleteSelect):
    """Django's, which asks the database for the name of every chosen row, and fails on a forged one."""

    known: tuple[str, str] | None = None  # the key and the name of the row that the form came with

    def optgroups(self, name: str, value: Any, attr: dict[str, Any] | None = None) -> Groups:
        chosen = [one for one in value if str(one).isdecimal()]
        if self.known is None or chosen != [self.known[0]]:
            return super().optgroups(name, chosen, attr)
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        option = self.create_option(name, *self.known, True, len(empty))
        return [(None, [*empty, option], 0)]


def named_choice(widget: AutocompleteSelect) -> NamedChoice:
    """Put our widget in the place of Django's."""
    return NamedChoice(widget.field, widget.admin_site, attrs=widget.attrs, choices=widget.choices)


def name_choices(form: forms.ModelForm) -> None:  # type: ignore[type-arg]
    """Give the widgets of a form the names of related rows that were read together with its own."""
    for name, field in form.fields.items():
        is_read = name in form.instance._state.fields_cache
        if isinstance(field.widget, NamedChoice) and is_read and (row := getattr(form.instance, name)):
            field.widget.known = (str(row.pk), str(row))
