"""Templates as a CSV file: what an import would change, the import, and the export (TPL-04)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget

from buhbot.admin.base import person
from buhbot.models import AuditEntry, User
from buhbot.services import audit
from templates_app import tables, texts
from templates_app.models import Template
from templates_app.services.exchange import Change, Kind, Refusal, apply_import, differences, plan_import

COLOURS = {Kind.NEW: "success", Kind.CHANGED: "info", Kind.SAME: "", Kind.REFUSED: "danger"}
KINDS = {
    Kind.NEW: _("new"),
    Kind.CHANGED: _("changes"),
    Kind.SAME: _("as it is"),
    Kind.REFUSED: _("refused"),
}
REFUSALS = {
    Refusal.BAD_SHORTCUT: _("A shortcut is one word, without blanks."),
    Refusal.UNKNOWN_OWNER: _("There is no account with this e-mail: %(details)s."),
    Refusal.NOT_YOURS: _(
        "You bring templates of your own only: leave the column «чей» out or write your e-mail."
    ),
    Refusal.UNKNOWN_CATEGORY: _("There is no category «%(details)s»."),
    Refusal.TITLE_TAKEN: _("Another template has this title already."),
    Refusal.TWICE: _("This shortcut stands in the file twice."),
    Refusal.INVALID: "%(details)s",
}
SHOWN = 300


class FileForm(forms.Form):
    """The file of a first step."""

    file = forms.FileField(label=_("CSV file"), widget=UnfoldAdminFileFieldWidget())


class ExchangeMixin:
    """The buttons above the list of templates."""

    actions_list = ("import_view", "export_view")

    @action(description=_("Import CSV"), url_path="import", icon="upload", permissions=["add"])
    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Show what a file would change; with the button below, change it (TPL-04)."""
        if request.method != "POST":
            return self._page(request, form=FileForm())
        try:
            table = self._table(request)
            changes = plan_import(tables.read(table), actor=person(request))
        except forms.ValidationError as error:
            messages.error(request, error.message)
            return self._page(request, form=FileForm())
        except tables.MissingColumns as error:
            said = gettext("The first line of the file does not name the columns: %(names)s.")
            messages.error(request, said % {"names": ", ".join(error.names)})
            return self._page(request, form=FileForm())
        except tables.NoTable:
            messages.error(
                request, gettext("The file is no table: a quotation mark is not closed somewhere.")
            )
            return self._page(request, form=FileForm())
        except tables.TooLarge:
            messages.error(request, gettext("The file is too large: at most 2,000 templates and 2 MB."))
            return self._page(request, form=FileForm())
        if "apply" in request.POST:
            return self._apply(request, changes)
        return self._page(request, form=None, table=table, changes=changes)

    def _table(self, request: HttpRequest) -> str:
        """The table as text: from the file, or, in the second step, as it was read in the first."""
        try:
            return tables.decoded(self._content(request))
        except tables.BadEncoding:
            raise forms.ValidationError(
                _("The file cannot be read: save it as CSV in UTF-8 or Windows-1251.")
            ) from None

    def _content(self, request: HttpRequest) -> bytes:
        if "table" in request.POST:
            return request.POST["table"].encode()
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            raise forms.ValidationError(_("Choose a file."))
        if form.cleaned_data["file"].size > tables.MOST_BYTES:
            raise tables.TooLarge
        content: bytes = form.cleaned_data["file"].read()
        return content

    def _page(self, request: HttpRequest, **context: Any) -> HttpResponse:
        changes: list[Change] = context.pop("changes", [])
        counts = {kind: sum(change.kind == kind for change in changes) for kind in Kind}
        model_admin: Any = self
        page = {
            **model_admin.admin_site.each_context(request),
            "title": gettext("Import of templates"),
            "opts": Template._meta,
            "lines": [_line(change) for change in changes if change.kind != Kind.SAME][:SHOWN],
            "counts": [(KINDS[kind], COLOURS[kind], count) for kind, count in counts.items() if count],
            "is_something": counts[Kind.NEW] + counts[Kind.CHANGED] > 0,
            "headings": [names[0] for names in tables.HEADINGS.values()],
            "needed": [tables.HEADINGS[name][0] for name in tables.NEEDED],
            **context,
        }
        return TemplateResponse(request, "templates_app/admin/import.html", page)

    def _apply(self, request: HttpRequest, changes: list[Change]) -> HttpResponse:
        new, changed = apply_import(changes, now=timezone.now())
        _log(person(request), new, ADDITION)
        _log(person(request), changed, CHANGE)
        counts = {"new": len(new), "changed": len(changed)}
        said = gettext("Templates added: %(new)d, changed: %(changed)d.") % counts
        _audit(person(request), changes)
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:templates_app_template_changelist"))

    @action(description=_("Export CSV"), url_path="export", icon="download", permissions=["view"])
    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Give the templates that the person sees as a file (TPL-04)."""
        model_admin: Any = self
        if not model_admin.has_view_permission(request):
            raise PermissionDenied
        rows: QuerySet[Template] = model_admin.get_queryset(request).select_related("owner")
        response = HttpResponse(tables.write(map(_cells, rows)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="templates.csv"'
        return response


def _cells(template: Template) -> dict[str, str]:
    return {
        "shortcut": template.shortcut,
        "title": template.title,
        "category": str(template.get_category_display()),
        "owner": template.owner.email if template.owner else "",
        "text": template.text,
    }


def _line(change: Change) -> dict[str, Any]:
    names = {"title": _("title"), "category": _("category"), "text": _("text")}
    told = ", ".join(str(names[name]) for name in change.fields)
    return {
        "number": change.row.number,
        "shortcut": change.template.shortcut,
        "title": change.template.title,
        "kind": KINDS[change.kind],
        "colour": COLOURS[change.kind],
        "told": _refusal(change) if change.why else told,
        "text": change.template.text if change.kind in {Kind.NEW, Kind.CHANGED} else "",
    }


def _refusal(change: Change) -> str:
    if change.why == Refusal.UNKNOWN_VARIABLES:
        return texts.unknown(change.details)
    words = REFUSALS[change.why or Refusal.INVALID]
    return str(words) % {"details": " ".join(change.details)}


def _audit(actor: User, changes: list[Change]) -> None:
    """Write down each template that came or changed (ADM-10)."""
    kinds = {Kind.NEW: AuditEntry.Kind.ADDED, Kind.CHANGED: AuditEntry.Kind.CHANGED}
    for change in changes:
        if change.kind in kinds:
            audit.record(
                kinds[change.kind],
                actor=actor,
                about=change.template,
                note=gettext("From a CSV file."),
                changes=differences(change),
                now=timezone.now(),
            )


def _log(actor: User, rows: list[Template], flag: int) -> None:
    if rows:
        message = gettext("From a CSV file.")
        LogEntry.objects.log_actions(actor.pk, rows, flag, change_message=message)
