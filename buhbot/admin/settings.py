"""The settings of the firm on one page, each with its default (ADM-09). Secrets are not here: they are environment."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from buhbot.admin.base import ReadOnlyAdmin, person
from buhbot.admin.calendars import ZONES
from buhbot.admin.settings_form import SettingsForm, in_words
from buhbot.models import AuditEntry, Preference
from buhbot.preferences import SETTINGS
from buhbot.services import audit
from buhbot.services.preferences import ChangedMeanwhile, back_to_default, save_preferences


@admin.register(Preference)
class SettingsAdmin(ReadOnlyAdmin):
    """One page in the place of a list: the rows are only what differs from the defaults (principle 9)."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._post(request)
        return self._page(request, SettingsForm(may_change=self._may_change(request)))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self.changelist_view(request)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return self.changelist_view(request)

    def _may_change(self, request: HttpRequest) -> bool:
        return request.user.has_perm("buhbot.change_preference")

    def _post(self, request: HttpRequest) -> HttpResponse:
        if not self._may_change(request):
            raise PermissionDenied
        if key := request.POST.get("reset"):
            return self._reset(request, key)
        form = SettingsForm(request.POST, may_change=True)
        if not form.is_valid():
            return self._page(request, form)
        try:
            changed = save_preferences(form.cleaned_data, seen=form.seen)
        except ChangedMeanwhile as error:
            form.tell_of_changes(error.keys)
            return self._page(request, form)
        self._told(request, changed)
        return _back()

    def _reset(self, request: HttpRequest, key: str) -> HttpResponse:
        if key not in SETTINGS:
            raise PermissionDenied
        before, after = back_to_default(key)
        if before != after:
            self._log(request, {key: (before, after)})
            messages.success(request, _in_words(key, before, after))
        return _back()

    def _told(self, request: HttpRequest, changed: dict[str, tuple[Any, Any]]) -> None:
        if not changed:
            messages.info(request, gettext("Nothing was changed."))
            return
        self._log(request, changed)
        told = ngettext("%(count)d setting was changed.", "%(count)d settings were changed.", len(changed))
        messages.success(request, told % {"count": len(changed)})

    def _log(self, request: HttpRequest, changed: dict[str, tuple[Any, Any]]) -> None:
        for key, (before, after) in changed.items():
            audit.record(
                AuditEntry.Kind.CHANGED,
                actor=person(request),
                about=Preference(key=key),
                name=str(SETTINGS[key].label),
                changes=[audit.Change(gettext("value"), in_words(key, before), in_words(key, after))],
                now=timezone.now(),
            )

    def _page(self, request: HttpRequest, form: SettingsForm) -> HttpResponse:
        zone = settings.FIRM_TIME_ZONE
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Settings"),
            "opts": self.opts,
            "form": form,
            "may_change": self._may_change(request),
            "firm_zone": dict(ZONES).get(zone, zone),
        }
        return TemplateResponse(request, "buhbot/admin/settings.html", context)


def _in_words(key: str, before: Any, after: Any) -> str:
    said = {"label": SETTINGS[key].label, "before": in_words(key, before), "after": in_words(key, after)}
    return gettext("%(label)s: %(before)s → %(after)s") % said


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:buhbot_preference_changelist"))
