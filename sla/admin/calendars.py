"""Calendars and tiers, whose changes reach the open requests; the ground floor draws the pages (TIM-04, WT-09)."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from buhbot.admin.calendars import CalendarAdmin
from buhbot.admin.tiers import TierAdmin
from buhbot.models import Calendar, Tier
from buhbot.production import is_known
from buhbot.services.production import load_years, unknown_years
from sla.admin.due_preview import preview
from sla.admin.recompute import TermsAdmin, recompute


@admin.register(Tier)
class TermsTierAdmin(TermsAdmin, TierAdmin):
    pass


@admin.register(Calendar)
class TermsCalendarAdmin(TermsAdmin, CalendarAdmin):
    actions: ClassVar = ["load_production_calendar"]
    change_form_after_template = "buhbot/admin/calendar_preview.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", view, name="buhbot_calendar_preview"), *super().get_urls()]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Say when a request would be due by the form as it stands (ADM-05)."""
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied
        return render(request, "sla/admin/preview.html", asdict(preview(request.POST)))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        now = f"{timezone.localtime(timezone.now()):%Y-%m-%dT%H:%M}"
        response: HttpResponse = super().render_change_form(
            request, {**context, "preview_at": now}, *args, **kwargs
        )
        return response

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if unknown := unknown_years(timezone.now()):
            said = gettext("The transfers of days off are not published yet: %(years)s.")
            messages.warning(request, said % {"years": ", ".join(map(str, unknown))})
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    @action(description=_("Load the production calendar"), permissions=["change"])
    def load_production_calendar(self, request: HttpRequest, queryset: QuerySet[Calendar]) -> None:
        """Load this year and the next, as far as their transfers are published (WT-09)."""
        this_year = timezone.localtime(timezone.now()).year
        years = [year for year in (this_year, this_year + 1) if is_known(year)]
        changed = load_years(years, calendars=queryset)
        for calendar in changed:
            self.log_action(request, calendar, gettext("The production calendar was loaded."))
        recompute(request)
        if not queryset.filter(follows_production_calendar=True).exists():
            messages.warning(request, gettext("None of these calendars follows the production calendar."))
            return
        messages.success(
            request,
            gettext("Years loaded: %(years)s. Calendars changed: %(count)d.")
            % {"years": ", ".join(map(str, years)) or "—", "count": len(changed)},
        )
