"""The forms of a chat and of who looks after it."""

from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from buhbot.admin.choices import name_choices
from buhbot.admin.stale import StampedForm
from buhbot.models import Assignment, Chat, ChatLabel, Role, User
from buhbot.services.assignments import set_primary
from sla.models import ChatPolicy

STAFF_NOW = ArraySubquery(
    Assignment.objects.filter(chat=OuterRef("pk"))
    .order_by("pk")
    .values(one=JSONObject(user="user", duty="duty", primary="is_primary"))
)

LABELS_NOW = ArraySubquery(
    Chat.labels.through.objects.filter(chat=OuterRef("pk"))
    .order_by("chatlabel__name")
    .values(one=JSONObject(pk="chatlabel", name="chatlabel__name"))
)


def keep_labels(chat: Any) -> None:
    """Let the labels that were read with the chat be known to its page, which would ask for them twice."""
    labels = chat.labels.all()
    labels._result_cache = [ChatLabel(**label) for label in chat.labels_now]
    chat._prefetched_objects_cache = {"labels": labels}


class ChatForm(StampedForm):
    state = (
        "client_name",
        "tier_id",
        "calendar_id",
        "sends_receipts",
        "tells_opening",
        "takes_broadcasts",
        "is_team",
    )
    parts: ClassVar[dict[str, Any]] = {
        "staff_now": STAFF_NOW,
        "policy_now": F("policy_override__policy"),
        "labels_now": LABELS_NOW,
    }

    class Meta:
        model = Chat
        fields = (
            "client_name",
            "tier",
            "calendar",
            "labels",
            "sends_receipts",
            "tells_opening",
            "takes_broadcasts",
            "is_team",
        )

    def clean_is_team(self) -> bool:
        is_team = bool(self.cleaned_data["is_team"])
        if is_team and self.instance.is_monitored:
            raise forms.ValidationError(_("Switch monitoring off first: the team chat has no clients."))
        return is_team


class AssignmentForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Assignment
        fields = ("user", "duty", "is_primary")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_choices(self)

    def clean_user(self) -> User:
        """Nobody who is switched off, and no observer, is put on a chat; who is there already may stay."""
        user: User = self.cleaned_data["user"]
        is_fit = user.is_active and user.role != Role.OBSERVER
        if not is_fit and user.pk != self.initial.get("user"):
            raise forms.ValidationError(
                _("This person cannot look after a chat: switched off, or an observer.")
            )
        return user

    def _get_validation_exclusions(self) -> set[str]:
        """Who is primary is settled for the whole list when it is saved."""
        return {*super()._get_validation_exclusions(), "is_primary"}  # type: ignore[misc]


class ChatPolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ChatPolicy
        fields = ("policy",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_choices(self)


class AssignmentFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The staff of a chat, with exactly one primary accountant when there is any."""

    def clean(self) -> None:
        super().clean()
        if any(form.instance.pk is None for form in self.initial_forms):
            raise forms.ValidationError(_("These rows are not there any more. Open the page anew."))
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
