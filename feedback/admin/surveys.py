"""Surveys: made, looked at before they go out, started, followed, closed, copied (SUR-01 to SUR-04)."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import ScopedAdmin, moment, person
from buhbot.admin.segments import keys
from buhbot.models import User
from buhbot.preferences import preferences
from buhbot.texts import share
from feedback.admin.actions import ACTIONS, REFUSALS, SCHEDULE, Action, offered
from feedback.admin.forms import SurveyForm
from feedback.admin.words import members, shown_progress, state_badge
from feedback.models import Survey
from feedback.selectors import (
    audience,
    audience_among,
    audience_chosen,
    next_quarterly,
    progress,
    visible_surveys,
    with_response,
)
from feedback.services import QuarterTaken, current_quarter, make_quarterly
from feedback.texts import quarterly_words

State = Survey.State
ASKED = ("title", "kind", "question", "period_from", "period_to")
TO_WHOM = ("audience", "segment", "chats", "channel", "cooldown_days")
WHEN = ("starts_at", "validity_days", "reminder_days")


@admin.register(Survey)
class SurveyAdmin(ScopedAdmin):
    """Only drafts are changed and deleted; what was sent stays as it was."""

    form = SurveyForm
    list_display = ("title", "standing", "kind", "channel", "begins", "ends", "response")
    list_filter = ("state", "kind", "channel")
    search_fields = ("title", "question")
    autocomplete_fields = ("segment", "chats")
    ordering = ("-created_at", "-pk")
    actions: ClassVar[Any] = None
    fieldsets: Any = (
        (_("Question"), {"fields": ASKED}),
        (_("To whom"), {"fields": TO_WHOM}),
        (_("When"), {"fields": WHEN}),
    )
    list_before_template = "feedback/admin/quarterly.html"
    change_form_outer_before_template = "feedback/admin/survey_panel.html"
    change_form_after_template = "feedback/admin/survey_members.html"

    class Media:
        js = ("buhbot/live.js",)

    def visible_to(self, user: User) -> QuerySet[Any]:
        return with_response(visible_surveys(user)).select_related("segment")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and _is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_draft(obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        quarter = current_quarter(timezone.now()).before
        return {
            "question": quarterly_words(quarter).question,
            "period_from": quarter.first,
            "period_to": quarter.last,
            "cooldown_days": preferences().survey_cooldown_days,
            **super().get_changeform_initial_data(request),
        }

    def save_model(self, request: HttpRequest, obj: Survey, form: Any, change: bool) -> None:
        if not change:
            obj.created_at, obj.created_by = timezone.now(), person(request)
        super().save_model(request, obj, form, change)

    @display(description=_("state"), ordering="state")
    def standing(self, survey: Survey) -> str:
        return state_badge(survey, now=timezone.now())

    @display(description=_("start"), ordering="started_at")
    def begins(self, survey: Survey) -> str:
        return moment(survey.started_at or survey.starts_at, now=timezone.now())

    @display(description=_("open until"), ordering="expires_at")
    def ends(self, survey: Survey) -> str:
        return moment(survey.closed_at or survey.expires_at, now=timezone.now())

    @display(description=_("response"))
    def response(self, survey: Any) -> str:
        if not survey.delivered:
            return "—"
        return f"{share(survey.voted / survey.delivered)} ({survey.voted}/{survey.delivered})"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        now = timezone.now()
        more = {
            "next_quarterly": moment(next_quarterly(now), now=now) if next_quarterly(now) else "",
            "may_start": super().has_add_permission(request),
        }
        response: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **more})
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_queryset(request).filter(pk=object_id).first() if object_id.isdecimal() else None
        more = self._panel(request, found) if found else {}
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **more}
        )
        return response

    def _panel(self, request: HttpRequest, survey: Survey) -> dict[str, Any]:
        now = timezone.now()
        buttons = offered(survey, now=now) if self._may_act(request) else []
        shown = shown_progress(survey, progress(survey), now=now)
        return {"buttons": buttons, "is_draft": survey.state == State.DRAFT, **shown}

    def get_urls(self) -> list[URLPattern]:
        views = (
            ("<int:pk>/act/", self.act_view, "act"),
            ("<int:pk>/progress/", self.progress_view, "progress"),
            ("members/", self.members_view, "members"),
            ("quarterly/", self.quarterly_view, "quarterly"),
        )
        ours = [
            path(address, self.admin_site.admin_view(view), name=f"feedback_survey_{name}")
            for address, view, name in views
        ]
        return [*ours, *super().get_urls()]

    def _may_act(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("feedback.change_survey"))

    def act_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before a button's work, and do it when that is confirmed."""
        survey = get_object_or_404(self.get_queryset(request), pk=pk)
        given = request.POST if request.method == "POST" else request.GET
        action = ACTIONS.get(given.get("what", ""))
        if action is None or not self._may_act(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._do(request, survey, action)
        return self._ask(request, survey, action)

    def _ask(self, request: HttpRequest, survey: Survey, action: Action) -> HttpResponse:
        found = members(audience(survey, now=_start_of(survey, action.key))) if action.shows_audience else {}
        nobody = action.shows_audience and not found["tally"].included
        context = {
            **self.admin_site.each_context(request),
            "title": str(action.title),
            "subtitle": survey.title,
            "opts": self.opts,
            "survey": survey,
            "action": action,
            "nobody": nobody,
            "members": found,
        }
        return render(request, "feedback/admin/confirm.html", context)

    def _do(self, request: HttpRequest, survey: Survey, action: Action) -> HttpResponse:
        try:
            found = action.do(survey, person(request), timezone.now())
        except tuple(REFUSALS) as refused:
            messages.error(request, str(REFUSALS[type(refused)]))
            return _to(survey)
        self.log_action(request, survey, str(action.title))
        messages.success(request, str(action.done))
        return _to(found)

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with how far the survey has got and what can be done; its page asks again and again (SUR-04)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        survey = get_object_or_404(self.get_queryset(request), pk=pk)
        return render(request, "feedback/admin/progress.html", self._panel(request, survey))

    def members_view(self, request: HttpRequest) -> HttpResponse:
        """Show who is asked by what is chosen in the form, saved or not, and who is left out and why (SUR-03)."""
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        form = self.get_form(request)(request.POST)
        form.is_valid()
        survey = form.instance
        if not {"audience", "period_from", "period_to", "cooldown_days"} <= form.cleaned_data.keys():
            return render(request, "feedback/admin/members_unknown.html")
        chats = audience_chosen(survey, picked=keys(request.POST, "chats"))
        found = audience_among(chats, survey=survey, now=_start_of(survey))
        return render(request, "buhbot/admin/members.html", members(found))

    def quarterly_view(self, request: HttpRequest) -> HttpResponse:
        """Start the survey about the quarter before at once, if nobody has (SUR-02)."""
        if request.method != "POST" or not self.has_add_permission(request):
            raise PermissionDenied
        now = timezone.now()
        quarter = current_quarter(now).before
        try:
            survey = make_quarterly(quarter, quarterly_words(quarter), by=person(request), now=now)
        except QuarterTaken as taken:
            messages.warning(request, gettext("This quarter has its survey already: here it is."))
            return _to(taken.survey)
        self.log_action(request, survey, gettext("The quarterly survey was started."))
        messages.success(request, gettext("The survey is being sent."))
        return _to(survey)


def _start_of(survey: Survey, action: str = SCHEDULE.key) -> datetime:
    """Return when it would start, so that the cool-down is counted until then; at once if it is not scheduled."""
    now = timezone.now()
    return max(now, survey.starts_at or now) if action == SCHEDULE.key else now


def _is_draft(survey: Any) -> bool:
    return survey is None or survey.state == State.DRAFT


def _to(survey: Survey) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:feedback_survey_change", args=[survey.pk]))
