"""Files of clients: what came, where its copy is, what became of it; downloads by a signed link (FIL-02 to FIL-04)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display

from buhbot.admin.base import ScopedAdmin, badge, moment, person
from buhbot.admin.filters import PeriodFilter
from buhbot.models import User
from templates_app.models import FileEvent, ReceivedFile
from templates_app.selectors import visible_files
from templates_app.services.files import set_state, try_again
from templates_app.storage import link_to
from templates_app.texts import size, why_left

Copy = ReceivedFile.Copy
State = ReceivedFile.State
STATE_COLOURS = {
    State.RECEIVED: "info",
    State.IN_WORK: "warning",
    State.DONE: "success",
    State.RETURNED: "danger",
}
FAILING = Q(copy=Copy.WAITING) & ~Q(copy_error="")


class ReceivedFilter(PeriodFilter):
    """When the file came."""

    field = "received_at"


class CopyFilter(admin.SimpleListFilter):
    """Where the copy is, or that it fails."""

    title = _("copy")
    parameter_name = "copy"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [*Copy.choices, ("failing", _("copying fails"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "failing":
            return queryset.filter(FAILING)
        return queryset.filter(copy=self.value()) if self.value() in Copy.values else queryset


class FileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What became of a file, and the note that goes with a return."""

    class Meta:
        model = ReceivedFile
        fields = ("state", "note")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("state") == State.RETURNED and not (given.get("note") or "").strip():
            self.add_error("note", _("Say what is wrong with the file: the client will read it."))
        return given


@admin.register(ReceivedFile)
class ReceivedFileAdmin(ScopedAdmin):
    form = FileForm
    list_display = ("received", "shown_name", "client", "what", "standing", "kept", "fetch")
    list_display_links = ("received", "shown_name")
    list_filter = ("state", CopyFilter, "kind", ReceivedFilter, ("chat", AutocompleteSelectFilter))
    list_filter_submit = True
    search_fields = ("name", "chat__client_name", "chat__title", "sender_name")
    search_help_text = _("File, client or sender")
    ordering = ("-received_at", "-pk")
    actions = ("take", "finish")
    readonly_fields = (
        *("shown_name", "client", "what", "sender_name", "received", "before", "caption"),
        *("kept", "place", "history"),
    )
    fieldsets: Any = (
        (_("What became of it"), {"fields": ("state", "note", "history")}),
        (
            _("File"),
            {"fields": ("shown_name", "client", "what", "sender_name", "received", "before", "caption")},
        ),
        (_("Copy"), {"fields": ("kept", "place")}),
    )
    change_form_outer_before_template = "templates_app/admin/file_panel.html"

    def visible_to(self, user: User) -> QuerySet[ReceivedFile]:
        return visible_files(user).select_related("chat", "duplicate_of", "message")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @display(description=_("received"), ordering="received_at")
    def received(self, file: ReceivedFile) -> str:
        return moment(file.received_at, now=timezone.now())

    @display(description=_("file"), ordering="name")
    def shown_name(self, file: ReceivedFile) -> str:
        return str(file)

    @display(description=_("client"), ordering="chat__client_name")
    def client(self, file: ReceivedFile) -> str:
        return str(file.chat)

    @display(description=_("kind"), ordering="kind")
    def what(self, file: ReceivedFile) -> str:
        return ", ".join(filter(None, (str(file.get_kind_display()), size(file))))

    @display(description=_("state"), ordering="state")
    def standing(self, file: ReceivedFile) -> str:
        return badge(file.get_state_display(), STATE_COLOURS[State(file.state)])

    @display(description=_("copy"), ordering="copy")
    def kept(self, file: ReceivedFile) -> Any:
        if file.copy == Copy.STORED:
            return badge(gettext("stored"), "success")
        if file.copy == Copy.LEFT:
            return format_html(
                "{} <span class='bb-note'>{}</span>", badge(gettext("only in Telegram")), why_left(file)
            )
        return (
            badge(gettext("fails, is tried again"), "danger")
            if file.copy_error
            else badge(gettext("not copied yet"), "warning")
        )

    @display(description=_("download"))
    def fetch(self, file: ReceivedFile) -> Any:
        if file.copy != Copy.STORED:
            return "—"
        address = reverse("admin:templates_app_receivedfile_download", args=[file.pk])
        return format_html('<a class="bb-link" href="{}">{}</a>', address, gettext("Download"))

    @display(description=_("received before"))
    def before(self, file: ReceivedFile) -> Any:
        first = file.duplicate_of
        if first is None:
            return gettext("no")
        address = reverse("admin:templates_app_receivedfile_change", args=[first.pk])
        words = gettext("yes, on %(date)s") % {"date": moment(first.received_at, now=timezone.now())}
        return format_html('<a class="bb-link" href="{}">{}</a>', address, words)

    @display(description=_("words with it"))
    def caption(self, file: ReceivedFile) -> str:
        return file.message.text or "—"

    @display(description=_("where"))
    def place(self, file: ReceivedFile) -> str:
        if file.copy == Copy.STORED:
            return f"{file.get_bucket_display()}, {moment(file.copied_at, now=timezone.now())}"
        if not file.copy_error:
            return "—"
        told = {
            "tries": file.copy_attempts,
            "error": file.copy_error,
            "next": moment(file.copy_after, now=timezone.now()),
        }
        return gettext("tries: %(tries)d, next at %(next)s. %(error)s") % told

    @display(description=_("history"))
    def history(self, file: ReceivedFile) -> Any:
        events = file.events.select_related("actor").order_by("-at", "-pk")
        return format_html("{}", "; ".join(map(_told, events)) or "—")

    def save_model(self, request: HttpRequest, obj: ReceivedFile, form: Any, change: bool) -> None:
        state, note = form.cleaned_data["state"], form.cleaned_data["note"]
        set_state([obj.pk], state=state, note=note, actor=person(request), now=timezone.now())

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:
        """Leave the audit entry to the service, which writes it for buttons in the bot too (ADM-10)."""
        told = super().construct_change_message(request, form, formsets, add)
        request.audit_changes = ()
        return told

    @action(description=_("Start work"), permissions=["change"])
    def take(self, request: HttpRequest, files: QuerySet[ReceivedFile]) -> None:
        """Take the chosen files into work (FIL-04)."""
        self._set(request, files, State.IN_WORK)

    @action(description=_("Done: tell the client"), permissions=["change"])
    def finish(self, request: HttpRequest, files: QuerySet[ReceivedFile]) -> None:
        """Call the chosen files done (FIL-04)."""
        self._set(request, files, State.DONE)

    def _set(self, request: HttpRequest, files: QuerySet[ReceivedFile], state: str) -> None:
        chosen = list(files.values_list("pk", flat=True))
        changed = set_state(chosen, state=state, actor=person(request), now=timezone.now())
        told = ngettext("%(count)d file was changed.", "%(count)d files were changed.", len(changed))
        messages.success(request, told % {"count": len(changed)})

    def get_urls(self) -> list[URLPattern]:
        views = (("download", self.download_view), ("again", self.again_view))
        ours = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"templates_app_receivedfile_{name}",
            )
            for name, view in views
        ]
        return [*ours, *super().get_urls()]

    def download_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead to the copy by a link that is good for five minutes (FIL-03)."""
        file = self._asked(request, pk)
        if file.copy != Copy.STORED:
            raise Http404
        return HttpResponseRedirect(link_to(file))

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a copy that fails be tried at once (FIL-02)."""
        file = self._asked(request, pk)
        if request.method != "POST" or not self.has_change_permission(request, file):
            raise PermissionDenied
        try_again(file, now=timezone.now())
        self.log_action(request, file, gettext("The copy was tried again."), name=f"{file} · {file.chat}")
        messages.success(request, gettext("The file will be copied within seconds, if the storage answers."))
        return HttpResponseRedirect(reverse("admin:templates_app_receivedfile_change", args=[pk]))

    def _asked(self, request: HttpRequest, pk: int) -> ReceivedFile:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(visible_files(person(request)), pk=pk)


def _told(event: FileEvent) -> str:
    words = [
        moment(event.at, now=timezone.now()),
        str(event.get_state_display()),
        str(event.actor or ""),
        event.note,
    ]
    return ", ".join(filter(None, words))
