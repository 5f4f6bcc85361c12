"""Templates: everybody's own and the firm's, with a preview while one writes (TPL-01, TPL-03)."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import ScopedAdmin, badge, person
from buhbot.models import Role, User
from buhbot.selectors import FULL_SIGHT
from templates_app import texts
from templates_app.admin.exchange import ExchangeMixin
from templates_app.models import Template
from templates_app.rules import filled, tidy_shortcut, unknown_variables
from templates_app.selectors import visible_templates

CATEGORY_COLOURS = {
    "greeting": "success",
    "status": "info",
    "document_request": "warning",
    "reminder": "primary",
}
MAX_PREVIEW = 4000


class ScopeFilter(admin.SimpleListFilter):
    """Templates of the firm, one's own, or those of others."""

    title = _("whose")
    parameter_name = "scope"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        role = person(request).role
        offered = [("firm", _("the firm's"))]
        offered += [("own", _("my own"))] if role != Role.OBSERVER else []
        return offered + ([("others", _("personal ones of others"))] if role in FULL_SIGHT else [])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "firm":
                return queryset.filter(owner=None)
            case "own":
                return queryset.filter(owner=person(request))
            case "others":
                return queryset.exclude(owner=None).exclude(owner=person(request))
        return queryset


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """Accountants write templates of their own; for others the owner is a choice."""

    actor: ClassVar[User]

    class Meta:
        model = Template
        fields = ("title", "shortcut", "category", "owner", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and self.actor.role not in FULL_SIGHT:
            self.instance.owner = self.actor

    def _get_validation_exclusions(self) -> set[str]:
        """Titles and shortcuts are unique for an owner who is no field of an accountant's form."""
        return super()._get_validation_exclusions() - {"owner"}  # type: ignore[misc,no-any-return]

    def clean_shortcut(self) -> str:
        """Tidied before it is compared with those that exist."""
        shortcut = tidy_shortcut(self.cleaned_data["shortcut"])
        if len(shortcut.split()) != 1:
            raise forms.ValidationError(_("A shortcut is one word, without blanks."))
        return shortcut

    def clean_text(self) -> str:
        """Refused with the variables that there are (TPL-03)."""
        strange = unknown_variables(self.cleaned_data["text"])
        if strange:
            raise forms.ValidationError(texts.unknown(strange))
        return str(self.cleaned_data["text"])


@admin.register(Template)
class TemplateAdmin(ExchangeMixin, ScopedAdmin):
    form = TemplateForm
    list_display = ("title", "word", "kind", "whose", "beginning", "usage_count")
    list_display_links = ("title", "word")
    list_select_related = ("owner",)
    list_filter = (ScopeFilter, "category")
    search_fields = ("title", "shortcut", "text")
    search_help_text = _("Title, shortcut or text")
    autocomplete_fields = ("owner",)
    ordering = ("title", "pk")
    readonly_fields = ("usage_count", "whose")
    change_form_after_template = "templates_app/admin/preview.html"

    class Media:
        js = ("templates_app/preview.js",)

    def visible_to(self, user: User) -> QuerySet[Template]:
        return visible_templates(user)

    def get_fields(self, request: HttpRequest, obj: Template | None = None) -> tuple[str, ...]:
        whose = "owner" if person(request).role in FULL_SIGHT else "whose"
        counted = ("usage_count",) if obj else ()
        return (
            "title",
            "shortcut",
            "category",
            *((whose,) if obj or whose == "owner" else ()),
            "text",
            *counted,
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.actor = person(request)
        return form

    def has_change_permission(self, request: HttpRequest, obj: Template | None = None) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or person(request).role in FULL_SIGHT or obj.owner_id == person(request).pk
        )

    def has_delete_permission(self, request: HttpRequest, obj: Template | None = None) -> bool:
        """Only administrators delete the firm's (TPL-01)."""
        if not super().has_delete_permission(request, obj) or obj is None:
            return bool(super().has_delete_permission(request, obj))
        user = person(request)
        return user.role == Role.ADMIN or (
            obj.owner_id is not None and (user.role == Role.MANAGER or obj.owner_id == user.pk)
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", view, name="templates_app_template_preview"), *super().get_urls()]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Show what a text would look like when it is sent, or what is wrong with it (TPL-03)."""
        if not self.has_view_permission(request):
            return JsonResponse({}, status=403)
        text = request.POST.get("text", "")[:MAX_PREVIEW]
        strange = unknown_variables(text)
        if strange:
            return JsonResponse({"error": texts.unknown(strange)})
        return JsonResponse({"text": preview(text, person(request), now=timezone.now())})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        context = {**(extra_context or {}), "variables": texts.meanings()}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    @display(description=_("shortcut"), ordering="shortcut")
    def word(self, template: Template) -> str:
        return f"/{template.shortcut}"

    @display(description=_("category"), ordering="category")
    def kind(self, template: Template) -> str:
        return badge(template.get_category_display(), CATEGORY_COLOURS.get(template.category, ""))

    @display(description=_("whose"), ordering="owner__full_name")
    def whose(self, template: Template) -> str:
        return str(template.owner) if template.owner_id else gettext("the firm's")

    @display(description=pgettext_lazy("template", "text"))
    def beginning(self, template: Template) -> str:
        return template.text if len(template.text) <= 80 else f"{template.text[:80].rstrip()}…"


def preview(text: str, user: User, *, now: datetime) -> str:
    """Fill a text with values such as it may meet."""
    client = gettext("Daisy Ltd")
    values = {"client_name": client, "chat_title": client, "accountant_name": str(user)}
    zone = timezone.get_default_timezone_name()
    due = now + timedelta(hours=1)
    return filled(text, values | texts.values_at(now, zone, due_at=due))
