"""The form of a survey that has not started (SUR-01, SUR-03)."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from buhbot.admin.choices import name_choices
from feedback.models import Survey

Audience = Survey.Audience


class SurveyForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is asked, of whom, and when."""

    class Meta:
        model = Survey
        fields = (
            *("title", "kind", "question", "period_from", "period_to", "audience", "segment", "chats"),
            *("channel", "starts_at", "validity_days", "reminder_days", "cooldown_days"),
        )
        widgets = {"question": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_choices(self)

    def clean_question(self) -> str:
        question: str = self.cleaned_data["question"].strip()
        if not question:
            raise forms.ValidationError(_("Write the question."))
        return question

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self._check_audience(given)
        first, last = given.get("period_from"), given.get("period_to")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("period_to", _("The period ends before it begins."))
        starts_at = given.get("starts_at")
        if starts_at is not None and starts_at <= timezone.now():
            self.add_error("starts_at", _("This moment is past. Leave it empty to start by the button."))
        self._check_reminder(given)
        return given

    def _check_audience(self, given: dict[str, Any]) -> None:
        if given.get("audience") == Audience.SEGMENT and not given.get("segment"):
            self.add_error("segment", _("Choose a segment."))
        if given.get("audience") == Audience.PICKED and not given.get("chats"):
            self.add_error("chats", _("Choose at least one chat."))

    def _check_reminder(self, given: dict[str, Any]) -> None:
        reminder, validity = given.get("reminder_days"), given.get("validity_days")
        if reminder and validity and reminder >= validity:
            self.add_error(
                "reminder_days", _("The survey is over by then. Remind earlier, or 0: no reminder.")
            )
