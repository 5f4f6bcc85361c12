"""The audit log: who changed what, when and from where; read only (ADM-10)."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import ReadOnlyAdmin, badge
from buhbot.admin.filters import PeriodFilter
from buhbot.models import AuditEntry, Role, User

Kind = AuditEntry.Kind
COLOURS: dict[str, str] = {
    Kind.ADDED: "success",
    Kind.CHANGED: "info",
    Kind.DELETED: "danger",
    Kind.DONE: "primary",
    Kind.SIGN_IN_FAILED: "warning",
    Kind.REFUSED: "warning",
}
CHANGES_IN_LIST = 2


class WhenFilter(PeriodFilter):
    """Entries of the last days."""

    field = "at"


class WhoFilter(admin.SimpleListFilter):
    """Entries of one person, or of nobody with an account."""

    title = _("who")
    parameter_name = "who"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        people = User.objects.order_by("-is_active", "full_name").exclude(role=Role.OBSERVER, is_active=False)
        return [("nobody", _("nobody of the firm")), *((str(user.pk), str(user)) for user in people)]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if chosen == "nobody":
            return queryset.filter(actor=None)
        return queryset.filter(actor=chosen) if chosen.isdecimal() else queryset


class ModelFilter(admin.SimpleListFilter):
    """Entries about one kind of thing."""

    title = _("about")
    parameter_name = "about"

    def lookups(self, _request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        known = [model._meta.label_lower for model in model_admin.admin_site._registry]
        return sorted(((label, kind_of_thing(label)) for label in known), key=lambda pair: pair[1])

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return queryset.filter(model=chosen) if chosen in dict(self.lookup_choices) else queryset


def kind_of_thing(label: str) -> str:
    """Name a model as people call it; one that is no more keeps its label."""
    try:
        name = str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label
    return name[:1].upper() + name[1:]


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin):
    list_display = ("when", "name", "kind_word", "what", "summary", "origin")
    list_display_links = ("when", "what")
    show_full_result_count = False
    list_filter = (WhenFilter, WhoFilter, "kind", "source", ModelFilter)
    search_fields = ("who", "object_name", "note", "changes__icontains", "address")
    search_help_text = _("Person, name, what was changed, or network address")
    fields = ("at", "name", "kind_word", "thing", "note", "difference", "source", "address")
    readonly_fields = ("name", "kind_word", "thing", "difference")

    @display(description=_("when"), ordering="at")
    def when(self, entry: AuditEntry) -> str:
        return f"{timezone.localtime(entry.at):%d.%m.%Y\u00a0%H:%M}"

    @display(description=_("who"), ordering="who")
    def name(self, entry: AuditEntry) -> str:
        return entry.who or "—"

    @display(description=_("what kind"), ordering="kind")
    def kind_word(self, entry: AuditEntry) -> str:
        return badge(entry.get_kind_display(), COLOURS.get(entry.kind, ""))

    @display(description=_("what"), ordering="object_name", header=True)
    def what(self, entry: AuditEntry) -> tuple[str, str]:
        kind = kind_of_thing(entry.model) if entry.model else ""
        return entry.object_name or "—", kind

    @display(description=_("what"))
    def thing(self, entry: AuditEntry) -> str:
        name, kind = self.what(entry)
        return f"{kind}: {name}" if kind else name

    @display(description=_("changes"))
    def summary(self, entry: AuditEntry) -> str:
        return render_to_string("buhbot/admin/changes.html", _shown(entry, limit=CHANGES_IN_LIST))

    @display(description=_("changes"))
    def difference(self, entry: AuditEntry) -> str:
        if not entry.changes:
            return "—"
        return render_to_string("buhbot/admin/changes.html", {"changes": entry.changes})

    @display(description=_("from where"), ordering="source")
    def origin(self, entry: AuditEntry) -> str:
        return f"{entry.get_source_display()} {entry.address or ''}".strip()


def _shown(entry: AuditEntry, *, limit: int) -> dict[str, Any]:
    more = max(len(entry.changes) - limit, 0)
    return {"note": entry.note, "changes": entry.changes[:limit], "more": more}
