"""Two people at one form: whoever saves what somebody else has changed meanwhile is told so, and nothing is lost."""

import hashlib
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from buhbot.admin.choices import name_choices


class StampedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that knows what its row and the rows in it said when it was shown.

    The page carries the stamp in a hidden field, «seen»; a form that comes without one is not checked. `state` names
    what a change of counts, `parts` how rows in other tables are read with the row; the page annotates them.
    """

    state: ClassVar[tuple[str, ...]] = ()
    parts: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_choices(self)

    @property
    def stamp(self) -> str:
        """What the page is to carry; a form that was refused keeps what it came with."""
        return self.data.get("seen", "") if self.is_bound else self._stamp(self.instance)

    def _stamp(self, row: Any) -> str:
        if row.pk is None:
            return ""
        values = [getattr(row, name) for name in (*self.state, *self.parts)]
        return hashlib.sha256(repr(values).encode()).hexdigest()

    def clean(self) -> dict[str, Any] | None:
        seen = self.data.get("seen", "")
        if self.instance.pk and seen:
            rows = type(self.instance)._default_manager.annotate(**self.parts).select_for_update(of=("self",))
            if self._stamp(rows.get(pk=self.instance.pk)) != seen:
                raise forms.ValidationError(
                    _("Somebody else has changed this meanwhile; nothing was saved. Open the page anew.")
                )
        return super().clean()
