"""Groups: the rights of the roles, and groups that the firm adds (RBAC-01)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import ScopedAdmin
from buhbot.models import Role
from buhbot.roles import ADMIN, VERBS, permissions_of

VERB_NAMES = {"view": _("see"), "add": _("add"), "change": _("change"), "delete": _("delete")}
MODELS = tuple(label.split(".") for label in ADMIN)


def group_name(group: Group) -> str:
    """Name a group as people call it: those of the roles by the role."""
    return str(Role(group.name).label) if group.name in Role.values else group.name


class PermissionChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rights in words: «Chat: change»."""

    def label_from_instance(self, obj: Any) -> str:
        model = obj.content_type.model_class()
        name = str(model._meta.verbose_name) if model else obj.content_type.model
        verb = VERB_NAMES.get(obj.codename.split("_")[0], obj.codename)
        return f"{name.capitalize()}: {verb}"


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    permissions = PermissionChoices(
        label=_("Rights"),
        queryset=Permission.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Group
        fields = ("name", "permissions")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            self.fields["permissions"].queryset = offered_permissions(self.instance)  # type: ignore[attr-defined]

    def clean_permissions(self) -> Any:
        """A role keeps what the code gives it: else it would come back unasked with the next migration (RBAC-01)."""
        given = self.cleaned_data["permissions"]
        if self.instance.name not in Role.values:
            return given
        kept = {(right.content_type.app_label, right.codename) for right in given}
        if permissions_of(Role(self.instance.name)) - kept:
            raise forms.ValidationError(
                _("A role keeps its own rights. To give somebody less, choose another role for this person.")
            )
        return given


def offered_permissions(group: Group) -> Any:
    """Return the rights that Admin has pages for, and those that the group has besides: saving loses none (RBAC-01)."""
    codenames = [f"{verb}_{model}" for _app, model in MODELS for verb in VERBS.values()]
    known = Q(content_type__app_label__in={app for app, _model in MODELS}, codename__in=codenames)
    if group.pk is not None:
        known |= Q(pk__in=group.permissions.values("pk"))
    return (
        Permission.objects.filter(known)
        .select_related("content_type")
        .order_by("content_type__app_label", "content_type__model", "codename")
    )


Group.add_to_class("__str__", group_name)  # titles, history and choices show no «admin» to people
admin.site.unregister(Group)  # Django's page of it, registered by the import above


@admin.register(Group)
class GroupAdmin(ScopedAdmin, DjangoGroupAdmin):
    form = GroupForm
    list_display = ("title", "kind")
    search_fields = ("name",)
    ordering = ("name",)

    @display(description=_("group"))
    def title(self, group: Group) -> str:
        return group_name(group)

    @display(description=_("kind"))
    def kind(self, group: Group) -> str:
        return str(_("role") if group.name in Role.values else _("added by the firm"))

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return ("title",) if obj and obj.name in Role.values else ()

    def get_fieldsets(self, request: HttpRequest, obj: Group | None = None) -> Any:
        name = "title" if obj and obj.name in Role.values else "name"
        return ((None, {"fields": (name, "permissions")}),)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        is_role = obj is not None and obj.name in Role.values
        return super().has_delete_permission(request, obj) and not is_role
