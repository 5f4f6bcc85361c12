"""Calendars: a week of seven lines of hours, and the dates that differ (ADM-05). Registered in `sla/admin/`."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from buhbot.admin.base import ScopedAdmin
from buhbot.admin.calendar_year import FIRST_YEAR, KINDS, LAST_YEAR, months_of, year_given
from buhbot.admin.stale import StampedForm
from buhbot.models import Calendar, CalendarException
from buhbot.rules import BadHours, parse_hours
from buhbot.services.calendars import make_default
from buhbot.services.production import follow

WEEK = {
    "1": _("Monday"),
    "2": _("Tuesday"),
    "3": _("Wednesday"),
    "4": _("Thursday"),
    "5": _("Friday"),
    "6": _("Saturday"),
    "7": _("Sunday"),
}
SHORT_WEEK = {
    "1": pgettext_lazy("weekday", "Mon"),
    "2": pgettext_lazy("weekday", "Tue"),
    "3": pgettext_lazy("weekday", "Wed"),
    "4": pgettext_lazy("weekday", "Thu"),
    "5": pgettext_lazy("weekday", "Fri"),
    "6": pgettext_lazy("weekday", "Sat"),
    "7": pgettext_lazy("weekday", "Sun"),
}
ZONES = [
    ("Europe/Kaliningrad", _("Kaliningrad (UTC+2)")),
    ("Europe/Moscow", _("Moscow (UTC+3)")),
    ("Europe/Samara", _("Samara (UTC+4)")),
    ("Asia/Yekaterinburg", _("Yekaterinburg (UTC+5)")),
    ("Asia/Omsk", _("Omsk (UTC+6)")),
    ("Asia/Novosibirsk", _("Novosibirsk (UTC+7)")),
    ("Asia/Krasnoyarsk", _("Krasnoyarsk (UTC+7)")),
    ("Asia/Irkutsk", _("Irkutsk (UTC+8)")),
    ("Asia/Yakutsk", _("Yakutsk (UTC+9)")),
    ("Asia/Vladivostok", _("Vladivostok (UTC+10)")),
    ("Asia/Magadan", _("Magadan (UTC+11)")),
    ("Asia/Kamchatka", _("Kamchatka (UTC+12)")),
    ("UTC", _("Universal time (UTC)")),
]


def readable_hours(text: str) -> str:
    """Tidy the text of a line of hours; say in words what cannot be read."""
    try:
        parse_hours(text)
    except BadHours as error:
        raise forms.ValidationError(
            gettext("«%(text)s» cannot be read. Write hours like 09:00-13:00, 14:00-18:00.")
            % {"text": str(error)}
        ) from error
    return text.strip()


class HoursWidget(UnfoldAdminTextInputWidget):  # type: ignore[misc]
    """From and to, as many times as there are intervals; the line of text where there is no script."""

    template_name = "buhbot/admin/hours.html"


class HoursField(forms.CharField):
    """A line such as «09:00-13:00, 14:00-18:00»; empty means a day off."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, widget=HoursWidget(), **kwargs)

    def clean(self, value: Any) -> str:
        return readable_hours(super().clean(value))


EXCEPTIONS_NOW = ArraySubquery(
    CalendarException.objects.filter(calendar=OuterRef("pk"))
    .order_by("date")
    .values(one=JSONObject(date="date", hours="hours", note="note"))
)


class CalendarForm(StampedForm):
    """The week as seven fields, put together into one (WT-01, WT-06)."""

    state = ("name", "time_zone", "weekly", "is_default", "follows_production_calendar")
    parts: ClassVar[dict[str, Any]] = {"exceptions_now": EXCEPTIONS_NOW}

    day_1 = HoursField(label=WEEK["1"])
    day_2 = HoursField(label=WEEK["2"])
    day_3 = HoursField(label=WEEK["3"])
    day_4 = HoursField(label=WEEK["4"])
    day_5 = HoursField(label=WEEK["5"])
    day_6 = HoursField(label=WEEK["6"])
    day_7 = HoursField(label=WEEK["7"])
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=UnfoldAdminSelectWidget())

    class Meta:
        model = Calendar
        fields = ("name", "time_zone", "is_default", "follows_production_calendar")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" not in self.fields:  # a page that only shows
            return
        for day, hours in self.instance.weekly.items():
            self.initial.setdefault(f"day_{day}", hours)
        known = dict(ZONES)
        own = self.instance.time_zone
        choices = [*ZONES] if own in known else [*ZONES, (own, own)]
        self.fields["time_zone"].choices = choices  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """The default is handed over on saving, so that its uniqueness is not a matter of the form."""
        return {*super()._get_validation_exclusions(), "is_default"}  # type: ignore[misc]

    def clean(self) -> dict[str, Any] | None:
        week = {day: self.cleaned_data.get(f"day_{day}", "") for day in WEEK}
        if not self.errors and not any(week.values()):
            raise forms.ValidationError(
                _("A calendar needs working time: fill in the hours of at least one weekday.")
            )
        was_default = self.instance.pk is not None and self.initial.get("is_default")
        if was_default and not self.cleaned_data.get("is_default"):
            self.add_error("is_default", _("Mark another calendar as the firm's instead."))
        self.instance.weekly = week
        return super().clean()


class ExceptionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A date with hours of its own."""

    hours = HoursField(label=_("Hours"))

    class Meta:
        model = CalendarException
        fields = ("date", "hours", "note")

    def clean_date(self) -> date:
        """A date that working time can be counted on."""
        day: date = self.cleaned_data["date"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("Choose a date between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return day

    def save(self, commit: bool = True) -> Any:
        if self.has_changed():  # what is edited by hand is not loaded over again (WT-09)
            self.instance.source = CalendarException.Source.MANUAL
        return super().save(commit)


class ExceptionFormSet(PaginationInlineFormSet):  # type: ignore[misc]
    """The dates of a calendar; those that went meanwhile are not saved by halves."""

    def clean(self) -> None:
        super().clean()
        if any(form.instance.pk is None for form in self.initial_forms):
            raise forms.ValidationError(_("These rows are not there any more. Open the page anew."))


class ExceptionInline(TabularInline):  # type: ignore[misc]
    model = CalendarException
    form = ExceptionForm
    formset = ExceptionFormSet
    fields = ("date", "hours", "note", "source")
    readonly_fields = ("source",)
    extra = 0
    per_page = 50


class CalendarAdmin(ScopedAdmin):
    """Working hours. Saving makes a new version; requests keep the one they were opened with (REQ-06)."""

    form = CalendarForm
    list_display = ("name", "week", "zone", "exception_count", "is_default")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "time_zone", "is_default", "follows_production_calendar")}),
        (
            _("Week"),
            {
                "fields": tuple(f"day_{day}" for day in WEEK),
                "description": _("For example 09:00-18:00, or with lunch 09:00-13:00, 14:00-18:00."),
            },
        ),
    )
    inlines: ClassVar = [ExceptionInline]
    change_form_outer_before_template = "buhbot/admin/calendar_tabs.html"
    change_form_before_template = "buhbot/admin/seen.html"

    def get_urls(self) -> list[URLPattern]:
        year = self.admin_site.admin_view(self.year_view)
        return [path("<int:pk>/year/", year, name="buhbot_calendar_year"), *super().get_urls()]

    def year_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a whole year: days of the week, the production calendar, the firm's own exceptions (ADM-05)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        calendar = get_object_or_404(self.get_queryset(request), pk=pk)
        year = year_given(request.GET.get("year", ""), today=timezone.localtime(timezone.now()).year)
        context = {
            **self.admin_site.each_context(request),
            "title": str(calendar),
            "opts": self.opts,
            "original": calendar,
            "tab": "year",
            "year": year,
            "before": max(year - 1, FIRST_YEAR),
            "after": min(year + 1, LAST_YEAR),
            "months": months_of(calendar, year),
            "kinds": KINDS.items(),
            "weekdays": SHORT_WEEK.values(),
        }
        return TemplateResponse(request, "buhbot/admin/calendar_year.html", context)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj) or obj is None:
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": ("name", "zone", "is_default", "week")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None or self.has_change_permission(request, obj) else ("zone", "week")

    def has_delete_permission(self, request: HttpRequest, obj: Calendar | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_default)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("exceptions").annotate(**CalendarForm.parts)

    @display(description=_("week"))
    def week(self, calendar: Calendar) -> str:
        """Write the week shortly, neighbours with the same hours together."""
        return week_in_words(calendar.weekly)

    @display(description=_("time zone"))
    def zone(self, calendar: Calendar) -> str:
        return str(dict(ZONES).get(calendar.time_zone, calendar.time_zone))

    @display(description=_("exceptions"))
    def exception_count(self, calendar: Calendar) -> int:
        return len(calendar.exceptions.all())

    def save_model(self, request: HttpRequest, obj: Calendar, form: Any, change: bool) -> None:
        if obj.is_default:
            self.log_lost_default(request, make_default(obj))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        follow(form.instance, now=timezone.now())


def week_in_words(weekly: dict[str, str]) -> str:
    """Write «Mon–Fri 09:00-18:00»; days off are left out."""
    runs: list[tuple[str, str, str]] = []
    for day in WEEK:
        hours = weekly.get(day, "")
        if runs and runs[-1][2] == hours:
            runs[-1] = (runs[-1][0], day, hours)
        else:
            runs.append((day, day, hours))
    return "; ".join(
        f"{SHORT_WEEK[first]}{f'–{SHORT_WEEK[last]}' if last != first else ''} {hours}"
        for first, last, hours in runs
        if hours
    )
