"""The forms of a chat and of who looks after it."""

from typing import Any

from django import forms
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from buhbot.models import Assignment, Chat
from buhbot.services.assignments import set_primary


class ChatForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Chat
        fields = ("client_name", "tier", "calendar", "sends_receipts", "is_team")

    def clean_is_team(self) -> bool:
        is_team = bool(self.cleaned_data["is_team"])
        if is_team and self.instance.is_monitored:
            raise forms.ValidationError(_("Switch monitoring off first: the team chat has no clients."))
        return is_team


class AssignmentForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Assignment
        fields = ("user", "duty", "is_primary")

    def _get_validation_exclusions(self) -> set[str]:
        """Who is primary is settled for the whole list when it is saved."""
        return {*super()._get_validation_exclusions(), "is_primary"}  # type: ignore[misc]


class AssignmentFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The staff of a chat, with exactly one primary accountant when there is any."""

    def clean(self) -> None:
        super().clean()
        if len([form for form in self._accountants() if form.cleaned_data.get("is_primary")]) > 1:
            raise forms.ValidationError(_("Only one accountant can be the primary one."))

    def save(self, commit: bool = True) -> Any:
        accountants = self._accountants()
        primary = next(
            (form for form in accountants if form.cleaned_data.get("is_primary")),
            accountants[0] if accountants else None,
        )
        for form in self.forms:
            form.instance.is_primary = False
        set_primary(self.instance, None)
        saved = super().save(commit)
        if primary is not None:
            set_primary(self.instance, primary.instance)
        return saved

    def _accountants(self) -> list[Any]:
        return [
            form
            for form in self.forms
            if getattr(form, "cleaned_data", None)
            and not form.cleaned_data.get("DELETE")
            and form.cleaned_data.get("duty") == Assignment.Duty.ACCOUNTANT
        ]
