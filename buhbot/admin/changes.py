"""What a form changed, in words: before and after of each field, inlines too (ADM-10)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from buhbot.services.audit import Change

NOTHING = "—"
HIDDEN = "•••"


def changes_of(form: Any, formsets: Iterable[Any], *, is_new: bool = False) -> list[Change]:
    """Return what the saved form and its inlines changed. What is typed as a password is named, never shown.

    A new row was nothing before, whatever its form proposed.
    """
    found = list(_fields(form, is_new=is_new))
    for formset in formsets:
        found += _rows(formset)
    return found


def _fields(form: Any, of: str = "", *, is_new: bool = False) -> Iterator[Change]:
    for name in form.changed_data:
        field = form.fields.get(name)
        if field is None or _is_secret(name, field):
            yield Change(of + (gettext("password") if "password" in name else name), HIDDEN, HIDDEN)
            continue
        before, after = _sides(field, form.get_initial_for_field(field, name), form.cleaned_data.get(name))
        if before != after:
            yield Change(of + str(field.label or name), NOTHING if is_new else before, after)


def _rows(formset: Any) -> Iterator[Change]:
    kind = str(formset.model._meta.verbose_name)
    for form in formset.forms:
        row = f"{kind} «{form.instance}»"
        if form in formset.deleted_forms:
            if form.instance.pk or form.initial:
                yield Change(row, gettext("was there"), pgettext("audit", "deleted"))
        elif form.has_changed():
            yield from _fields(form, of=f"{row}: ", is_new=form in formset.extra_forms)


def _is_secret(name: str, field: forms.Field) -> bool:
    return "password" in name or "token" in name or isinstance(field.widget, forms.PasswordInput)


def _sides(field: forms.Field, before: Any, after: Any) -> tuple[str, str]:
    """Write both sides; of several chosen things only those that went and those that came."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        was, is_now = _names(field, before), _names(field, after)
        return _listed(was - is_now), _listed(is_now - was)
    return _words(field, before), _words(field, after)


def _names(field: Any, value: Any) -> set[str]:
    rows = list(value or [])
    keys = [row.pk if isinstance(row, Model) else row for row in rows]
    return {field.label_from_instance(row) for row in field.queryset.filter(pk__in=keys)}


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or NOTHING


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return gettext("yes") if value else gettext("no")
    if value is None or value == "":
        return NOTHING
    if isinstance(field, forms.ModelChoiceField):
        return _name_of(field.queryset, value)
    if isinstance(field, forms.ChoiceField):
        return str({str(key): text for key, text in _flat(field.choices)}.get(str(value), value))
    return _plain(value)


def _name_of(rows: QuerySet[Any] | None, value: Any) -> str:
    if isinstance(value, Model):
        return str(value)
    model = rows.model if rows is not None else None
    row = model._default_manager.filter(pk=value).first() if model is not None else None
    return str(row or value)


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for key, text in choices:
        if isinstance(text, list | tuple):
            yield from text
        else:
            yield key, text


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return (
            f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
            if timezone.is_aware(value)
            else f"{value:%d.%m.%Y %H:%M}"
        )
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)
