"""The form of the settings page, made from their table (ADM-09)."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldBooleanSwitchWidget

from buhbot.preferences import SETTINGS, Preferences, Setting, preferences


@dataclass(frozen=True, slots=True)
class Line:
    """A setting on the page."""

    key: str
    setting: Setting
    field: forms.BoundField
    default: str
    is_chosen: bool


class SettingsForm(forms.Form):
    """Every setting as a field. `seen` is what the person saw, so that nobody's change is overwritten unseen."""

    def __init__(self, data: Any = None, *, may_change: bool) -> None:
        self.current = asdict(preferences())
        self.seen = self.current if data is None else _seen(data.get("seen", ""))
        super().__init__(data, initial=self.current)
        for key, setting in SETTINGS.items():
            self.fields[key] = _field(setting, default=getattr(Preferences(), key))
            self.fields[key].disabled = not may_change

    def groups(self) -> Iterator[tuple[Promise, list[Line]]]:
        """Yield the groups of the page, each with its settings."""
        for group in dict.fromkeys(setting.group for setting in SETTINGS.values()):
            yield group, [self._line(key) for key, setting in SETTINGS.items() if setting.group == group]

    def seen_text(self) -> str:
        """Write down what the person sees, for the form to bring back."""
        return json.dumps(self.seen)

    def tell_of_changes(self, keys: list[str]) -> None:
        """Say which settings somebody else changed meanwhile; saving once more overwrites them knowingly."""
        for key in keys:
            self.seen[key] = self.current[key]
            told = gettext("Somebody else has just changed this to «%(value)s». Save once more to set yours.")
            self.add_error(key, told % {"value": in_words(key, self.current[key])})

    def _line(self, key: str) -> Line:
        default = getattr(Preferences(), key)
        return Line(
            key, SETTINGS[key], self[key], in_words(key, default), is_chosen=self.current[key] != default
        )


def in_words(key: str, value: Any) -> str:
    """Write a value as people read it."""
    if isinstance(value, bool):
        return gettext("on") if value else gettext("off")
    return f"{value} {SETTINGS[key].unit}"


def _field(setting: Setting, *, default: Any) -> forms.Field:
    if isinstance(default, bool):
        return forms.BooleanField(
            label=str(setting.label), required=False, widget=UnfoldBooleanSwitchWidget()
        )
    bounds = _("A whole number from %(least)d to %(most)d is needed.")
    told = {"least": setting.least, "most": setting.most}
    said = {name: bounds % told for name in ("required", "invalid", "min_value", "max_value")}
    return forms.IntegerField(
        label=str(setting.label),
        min_value=setting.least,
        max_value=setting.most,
        error_messages=said,
        widget=UnfoldAdminIntegerFieldWidget(),
    )


def _seen(text: str) -> dict[str, Any]:
    """Read back what the person saw; what cannot be read counts as not seen."""
    try:
        seen = json.loads(text)
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}
