"""What the Admin pages of every room share: rows that the person may see, and pages that only show."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from buhbot.admin.changes import changes_of
from buhbot.admin.choices import named_choice, named_choices
from buhbot.models import AuditEntry, User
from buhbot.services import audit
from buhbot.texts import duration


def person(request: HttpRequest) -> User:
    """Return who is signed in; Admin lets nobody else in."""
    if not isinstance(request.user, User):
        raise TypeError("an Admin page was asked for by nobody")
    return request.user


class PlainRelations:
    """Choices of other rows without buttons to make or change those in passing."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if field is not None and type(field.widget) is AutocompleteSelect:
            field.widget = named_choice(field.widget)
        if field is not None and type(field.widget) is AutocompleteSelectMultiple:
            field.widget = named_choices(field.widget)
        return field


class AuditedAdmin(ModelAdmin):  # type: ignore[misc]
    """A page whose every change is written down in the audit log, beside Django's own history (ADM-10)."""

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:
        request.audit_changes = changes_of(form, formsets or (), is_new=add)
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record(request, AuditEntry.Kind.ADDED, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record(request, AuditEntry.Kind.CHANGED, obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        audit.record_all(AuditEntry.Kind.DELETED, list(queryset), actor=person(request), now=timezone.now())
        return super().log_deletions(request, queryset)

    def log_action(
        self,
        request: HttpRequest,
        obj: Model,
        said: str,
        changes: Iterable[audit.Change] = (),
        *,
        name: str = "",
    ) -> None:
        """Write down what a button or an action did, in words; `name` stands for what clients wrote."""
        audit.record(
            AuditEntry.Kind.DONE,
            actor=person(request),
            about=obj,
            name=name,
            note=said,
            changes=changes,
            now=timezone.now(),
        )
        super().log_change(request, obj, said)

    def log_lost_default(self, request: HttpRequest, rows: Iterable[Model]) -> None:
        """Write down which rows lost the mark of the firm's default to another one."""
        for row in rows:
            label = str(row._meta.get_field("is_default").verbose_name)  # type: ignore[union-attr]
            lost = [audit.Change(label, gettext("yes"), gettext("no"))]
            audit.record(
                AuditEntry.Kind.CHANGED, actor=person(request), about=row, changes=lost, now=timezone.now()
            )

    def _record(self, request: Any, kind: str, obj: Model) -> None:
        changes = getattr(request, "audit_changes", ())
        if changes or kind != AuditEntry.Kind.CHANGED:
            audit.record(kind, actor=person(request), about=obj, changes=changes, now=timezone.now())


class ScopedAdmin(PlainRelations, AuditedAdmin):
    """A page whose every list starts from what the person may see (RBAC-02)."""

    list_per_page = 50
    compressed_fields = True
    warn_unsaved_form = True

    def visible_to(self, user: User) -> QuerySet[Any]:
        """Return the rows that the person may see; all of them where the right to the model decides."""
        rows: QuerySet[Any] = self.model._default_manager.all()
        return rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        if not self.has_view_or_change_permission(
            request
        ):  # Django looks for the row before it asks for the right
            nothing: QuerySet[Any] = self.model._default_manager.none()
            return nothing
        rows = self.visible_to(person(request))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Refuse choices that are no numbers; Django takes them for an error of ours."""
        if not all(chosen.isdecimal() for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            messages.error(request, gettext("Choose rows of the list."))
            return None
        return super().response_action(request, queryset)


class ReadOnlyAdmin(ScopedAdmin):
    """A journal: looked at, never written (style: journals read-only)."""

    list_disable_select_all = True
    actions: ClassVar[Any] = None

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OwnOrder(ChangeList):  # type: ignore[misc]
    """A list whose own order is no order of a column, so that no column is marked as sorted."""

    def _get_default_ordering(self) -> Any:
        return self.model_admin.get_ordering(self.model_admin.request)


def badge(text: Any, colour: str = "") -> str:
    """Render a coloured word, for lists and forms alike. Colours: success, warning, danger, info, primary."""
    return render_to_string("unfold/helpers/label.html", {"text": text, "type": colour})


def span(value: timedelta) -> str:
    """Write a duration shortly and on one line: «1 h 20 min»."""
    return duration(value).replace(" ", "\u00a0")


def moment(at: datetime | None, *, now: datetime) -> str:
    """Write an instant in the firm's zone, without what goes without saying."""
    if at is None:
        return "—"
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
        return local.strftime("%H:%M")
    return local.strftime("%d.%m\u00a0%H:%M" if local.year == today.year else "%d.%m.%Y\u00a0%H:%M")
