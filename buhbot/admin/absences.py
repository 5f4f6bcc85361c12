"""Absences: who is away, from which day to which, and who stands in (STF-03). Registered in `sla/admin/`."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelect2Widget

from buhbot.admin.base import ScopedAdmin, badge, person
from buhbot.models import Absence, User
from buhbot.selectors import FULL_SIGHT, colleagues, visible_absences
from buhbot.services import absences

STATES = {
    "running": pgettext_lazy("absence", "running"),
    "coming": pgettext_lazy("absence", "to come"),
    "past": pgettext_lazy("absence", "over"),
}
STATE_COLOURS = {"running": "warning", "coming": "info", "past": ""}


def state_of(absence: Absence, *, now: datetime) -> str:
    """Say whether the absence runs, is to come, or is over."""
    if absence.ends_at <= now:
        return "past"
    return "running" if absence.starts_at <= now else "coming"


class StateFilter(admin.SimpleListFilter):
    """Absences that run, are to come, or are over."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return list(STATES.items())

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        conditions = {
            "running": Q(starts_at__lte=now, ends_at__gt=now),
            "coming": Q(starts_at__gt=now),
            "past": Q(ends_at__lte=now),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


class AbsenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """Days, the last one included. Whom accountants may choose is read by a function: they see no other accounts."""

    who = forms.TypedChoiceField(
        label=_("Who is away"), coerce=int, empty_value=None, widget=UnfoldAdminSelect2Widget()
    )
    first = forms.DateField(label=_("First day"), widget=UnfoldAdminDateWidget())
    last = forms.DateField(
        label=_("Last day"), widget=UnfoldAdminDateWidget(), help_text=_("Still away on it.")
    )
    by_whom = forms.TypedChoiceField(
        label=_("Who stands in"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelect2Widget(),
        help_text=_("Gets the alerts, and the answers count. Without anybody, managers get the alerts."),
    )
    actor: ClassVar[User]

    class Meta:
        model = Absence
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None or self.actor.role not in FULL_SIGHT:
            self.fields.pop("who", None)
        known = [(one.pk, _name(one.name, one.is_reachable)) for one in colleagues()]
        for name, empty in (("who", "—"), ("by_whom", gettext("nobody"))):
            if name in self.fields:
                self.fields[name].choices = [("", empty), *known]  # type: ignore[attr-defined]
        if self.instance.pk is not None:
            self.initial["first"] = absences.first_day(self.instance)
            self.initial["last"] = absences.last_day(self.instance)
            self.initial["by_whom"] = self.instance.substitute_id

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        given = self.cleaned_data
        self.instance.user_id = given.get("who") or self.instance.user_id or self.actor.pk
        self.instance.substitute_id = given["by_whom"]
        try:
            absences.require_sound(
                self.instance, first=given["first"], last=given["last"], now=timezone.now()
            )
        except absences.DaysReversed:
            self.add_error("last", _("The last day comes before the first one."))
        except absences.DaysOver:
            self.add_error("last", _("These days are over. The last day is to be today or later."))
        except absences.DaysTooFar:
            self.add_error("last", _("The last day is more than four years ahead. Check the year."))
        except absences.AbsenceOverlaps as error:
            self.add_error("first", _overlap(error.other))
        except absences.SubstituteUnknown:
            self.add_error("by_whom", _("Nobody stands in for oneself. Choose a colleague."))
        except absences.SubstituteUnreachable:
            self.add_error(
                "by_whom",
                _("The bot cannot write to this person, so that alerts would be lost. Link Telegram first."),
            )


def _name(name: str, is_reachable: bool) -> str:
    return name if is_reachable else gettext("%(name)s (the bot cannot write)") % {"name": name}


def _overlap(other: Absence) -> str:
    days = {
        "first": f"{absences.first_day(other):%d.%m.%Y}",
        "last": f"{absences.last_day(other):%d.%m.%Y}",
    }
    return gettext("Away from %(first)s to %(last)s already. Change that absence or delete it first.") % days


class AbsenceAdmin(ScopedAdmin):
    """Those that are over stay as they are: they say whose answers counted."""

    form = AbsenceForm
    list_display = ("name", "first_day", "last_day", "substitute_name", "state")
    list_filter = (StateFilter,)
    list_select_related = ("user", "substitute")
    search_fields = ("user__full_name", "substitute__full_name")
    ordering = ("-starts_at", "pk")
    readonly_fields = ("name", "first_day", "last_day", "substitute_name", "state")
    actions: ClassVar[Any] = None

    def visible_to(self, user: User) -> QuerySet[Absence]:
        return visible_absences(user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Absence]:
        return super().get_queryset(request).select_related("user", "substitute")

    def get_fields(self, request: HttpRequest, obj: Absence | None = None) -> tuple[str, ...]:
        if obj is None:
            who = ("who",) if person(request).role in FULL_SIGHT else ()
            return (*who, "first", "last", "by_whom")
        if not self.has_change_permission(request, obj):
            return self.readonly_fields
        return "name", "first", "last", "by_whom"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.actor = person(request)
        return form

    def has_change_permission(self, request: HttpRequest, obj: Absence | None = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_over(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Absence | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_over(obj)

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = person(request)
        days = form.cleaned_data
        absences.save_absence(obj, first=days["first"], last=days["last"], now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Absence) -> None:
        absences.delete_absence(obj)

    @display(description=_("who is away"), ordering="user__full_name")
    def name(self, absence: Absence) -> str:
        return str(absence.user)

    @display(description=pgettext_lazy("day", "from"), ordering="starts_at")
    def first_day(self, absence: Absence) -> str:
        return f"{absences.first_day(absence):%d.%m.%Y}"

    @display(description=pgettext_lazy("day", "to"), ordering="ends_at")
    def last_day(self, absence: Absence) -> str:
        return f"{absences.last_day(absence):%d.%m.%Y}"

    @display(description=_("who stands in"), ordering="substitute__full_name")
    def substitute_name(self, absence: Absence) -> str:
        if absence.substitute_id is None:
            return badge(gettext("nobody"), "warning")
        if absence.substitute is not None:
            return str(absence.substitute)
        names = {colleague.pk: colleague.name for colleague in colleagues()}
        return names.get(absence.substitute_id, "—")

    @display(description=_("state"))
    def state(self, absence: Absence) -> str:
        found = state_of(absence, now=timezone.now())
        return badge(STATES[found], STATE_COLOURS[found])


def _is_over(absence: Absence | None) -> bool:
    return absence is not None and absence.ends_at <= timezone.now()
