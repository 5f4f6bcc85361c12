"""Policies: how long a client may wait, and who hears of it when (ALR-01)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from sla.admin.preview import PreviewAdmin
from sla.models import Policy
from sla.services.policies import make_default


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """One policy is always the firm's default."""

    class Meta:
        model = Policy
        fields = (
            "name",
            "tier",
            "is_default",
            "target_minutes",
            "warning_percent",
            "escalation_minutes",
            "max_level",
            "acknowledge_minutes",
        )

    def _get_validation_exclusions(self) -> set[str]:
        """The default is handed over on saving, so that its uniqueness is not a matter of the form."""
        return {*super()._get_validation_exclusions(), "is_default"}  # type: ignore[misc]

    def clean_is_default(self) -> bool:
        is_default = bool(self.cleaned_data["is_default"])
        if self.instance.pk is not None and self.instance.is_default and not is_default:
            raise forms.ValidationError(_("Mark another policy as the firm's default instead."))
        return is_default


@admin.register(Policy)
class PolicyAdmin(PreviewAdmin):
    form = PolicyForm
    list_display = ("name", "for_whom", "target_minutes", "warning", "escalation_minutes", "max_level")
    list_select_related = ("tier",)
    search_fields = ("name",)
    autocomplete_fields = ("tier",)
    fieldsets = (
        (None, {"fields": ("name", "tier", "is_default")}),
        (_("Working time"), {"fields": ("target_minutes", "warning_percent")}),
        (_("Escalation"), {"fields": ("escalation_minutes", "max_level", "acknowledge_minutes")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_default)

    @display(description=_("for"))
    def for_whom(self, policy: Policy) -> str:
        if policy.is_default:
            return str(_("the whole firm"))
        return str(policy.tier) if policy.tier else str(_("single chats"))

    @display(description=_("warning"))
    def warning(self, policy: Policy) -> str:
        return f"{policy.warning_percent} %" if policy.warning_percent else "—"

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: bool) -> None:
        if obj.is_default:
            self.log_lost_default(request, make_default(obj))
        super().save_model(request, obj, form, change)
