"""Choices that are looked up while one types: named without a query each, and proof against what is no choice."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple

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


class NamedChoices(AutocompleteSelectMultiple):
    """The same for several rows."""

    known: dict[str, str] | None = None  # the keys and the names of the rows that the form came with

    def optgroups(self, name: str, value: Any, attr: dict[str, Any] | None = None) -> Groups:
        chosen = [str(one) for one in value if str(one).isdecimal()]
        if self.known is None or not self.known.keys() >= set(chosen):
            return super().optgroups(name, chosen, attr)
        options = (
            self.create_option(name, one, self.known[one], True, number) for number, one in enumerate(chosen)
        )
        return [(None, list(options), 0)]


def named_choices(widget: AutocompleteSelectMultiple) -> NamedChoices:
    """Put our widget in the place of Django's."""
    return NamedChoices(widget.field, widget.admin_site, attrs=widget.attrs, choices=widget.choices)


def named_choice(widget: AutocompleteSelect) -> NamedChoice:
    """Put our widget in the place of Django's."""
    return NamedChoice(widget.field, widget.admin_site, attrs=widget.attrs, choices=widget.choices)


def name_choices(form: forms.ModelForm) -> None:  # type: ignore[type-arg]
    """Give the widgets of a form the names of related rows that were read together with its own."""
    read_with_it = getattr(form.instance, "_prefetched_objects_cache", {})
    for name, field in form.fields.items():
        if isinstance(field.widget, NamedChoices) and name in read_with_it:
            field.widget.known = {str(row.pk): str(row) for row in read_with_it[name]}
        is_read = name in form.instance._state.fields_cache
        if isinstance(field.widget, NamedChoice) and is_read and (row := getattr(form.instance, name)):
            field.widget.known = (str(row.pk), str(row))
