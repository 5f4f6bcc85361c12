"""The forms of a staff account: a new one, and a change with its safeguards (RBAC-04)."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from buhbot.models import Role, User
from buhbot.selectors import chats_left_alone
from buhbot.services.staff import LastAdmin, require_another_admin

SHOWN_CHATS = 10


class NewStaffForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, e-mail and role; the password is set on the next page."""

    class Meta:
        model = User
        fields = ("full_name", "email", "role")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        user: User = super().save(commit)
        return user


class StaffForm(forms.ModelForm):  # type: ignore[type-arg]
    """A change of an account: an administrator is left, and no chat is left alone (RBAC-04)."""

    successor = forms.ModelChoiceField(
        label=_("Successor"),
        queryset=User.objects.none(),
        required=False,
        widget=UnfoldAdminSelectWidget(),
        help_text=_("Who takes over the chats when the person is switched off."),
    )
    groups = forms.ModelMultipleChoiceField(
        label=_("Further groups"),
        queryset=Group.objects.exclude(name__in=Role.values),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The rights of the role need no group here."),
    )

    class Meta:
        model = User
        fields = ("full_name", "email", "role", "is_active", "groups")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "successor" in self.fields:
            others = User.objects.filter(is_active=True).exclude(pk=self.instance.pk)
            self.fields["successor"].queryset = others.exclude(role=Role.OBSERVER)  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self._require_another_admin()
            self._require_successor()

    def _require_another_admin(self) -> None:
        try:
            require_another_admin(self.instance)
        except LastAdmin:
            field = "role" if self.instance.is_active else "is_active"
            self.add_error(
                field,
                _("This is the only active administrator. Make somebody else an administrator first."),
            )

    def _require_successor(self) -> None:
        if self.instance.is_active or self.cleaned_data.get("successor"):
            return
        alone = list(chats_left_alone(self.instance)[: SHOWN_CHATS + 1])
        if alone:
            names = ", ".join(f"«{chat}»" for chat in alone[:SHOWN_CHATS])
            more = "…" if len(alone) > SHOWN_CHATS else ""
            message = gettext("These chats would be without an accountant: %(chats)s. Choose a successor.")
            self.add_error("successor", message % {"chats": names + more})
