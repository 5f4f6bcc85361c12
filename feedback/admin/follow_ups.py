"""Follow-ups of low ratings: what waits, what is overdue, what was done (SUR-09)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from buhbot.admin.base import ReadOnlyAdmin, badge, moment, person
from buhbot.models import User
from feedback.admin.figures import rating_words
from feedback.models import FollowUp, VoteEvent
from feedback.models.votes import MAX_REASON
from feedback.selectors import overdue_follow_ups, visible_follow_ups
from feedback.services import ClosedAlready, close_follow_up

OPEN, OVERDUE = pgettext_lazy("follow-up", "open"), pgettext_lazy("follow-up", "overdue")
CLOSED = pgettext_lazy("follow-up", "closed")


class ReasonForm(forms.Form):
    """What was done: it is written down."""

    reason = forms.CharField(
        label=_("What was done"),
        max_length=MAX_REASON,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class StandingFilter(admin.SimpleListFilter):
    """Those that wait, those that wait too long, those that are done."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", OPEN), ("overdue", OVERDUE), ("closed", CLOSED)]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "open":
                return queryset.filter(closed_at=None)
            case "overdue":
                return queryset.filter(pk__in=overdue_follow_ups(timezone.now()))
            case "closed":
                return queryset.exclude(closed_at=None)
        return queryset


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnlyAdmin):
    list_display = ("client", "standing", "given", "now_rated", "accountant", "due", "act")
    list_filter = (StandingFilter,)
    search_fields = ("vote__delivery__chat__client_name", "vote__delivery__chat__title", "vote__name")
    search_help_text = _("Client")
    ordering = ("-closed_at", "due_at", "pk")  # what is open comes first
    fields = (
        *("client", "who", "given", "now_rated", "comment", "standing", "due", "act"),
        *("history", "survey", "accountant", "opened", "closed", "closed_by", "reason"),
    )
    readonly_fields = fields

    def visible_to(self, user: User) -> QuerySet[Any]:
        parts = ("vote__delivery__chat", "vote__delivery__survey", "vote__delivery__accountant", "closed_by")
        return visible_follow_ups(user).select_related(*parts)

    @display(description=_("client"), ordering="vote__delivery__chat__client_name")
    def client(self, follow_up: FollowUp) -> str:
        return str(follow_up.vote.delivery.chat)

    @display(description=_("survey"))
    def survey(self, follow_up: FollowUp) -> str:
        return str(follow_up.vote.delivery.survey)

    @display(description=_("who"))
    def who(self, follow_up: FollowUp) -> str:
        return str(follow_up.vote)

    @display(description=_("low rating"), ordering="rating")
    def given(self, follow_up: FollowUp) -> str:
        return _rated(follow_up, follow_up.rating)

    @display(description=_("rating now"), ordering="vote__rating")
    def now_rated(self, follow_up: FollowUp) -> str:
        return _rated(follow_up, follow_up.vote.rating)

    @display(description=_("comment"))
    def comment(self, follow_up: FollowUp) -> str:
        return follow_up.vote.comment or "—"

    @display(description=_("history"))
    def history(self, follow_up: FollowUp) -> str:
        now = timezone.now()
        events = [
            (moment(event.at, now=now), event.get_kind_display(), _what(follow_up, event))
            for event in follow_up.vote.events.all()
        ]
        return format_html_join("", "<div>{} · {}{}</div>", events)

    @display(description=_("accountant"))
    def accountant(self, follow_up: FollowUp) -> str:
        return str(follow_up.vote.delivery.accountant or "—")

    @display(description=_("state"))
    def standing(self, follow_up: FollowUp) -> str:
        if follow_up.closed_at is not None:
            return badge(CLOSED, "success")
        is_late = follow_up.due_at <= timezone.now()
        return badge(OVERDUE, "danger") if is_late else badge(OPEN, "warning")

    @display(description=pgettext_lazy("follow-up", "opened"))
    def opened(self, follow_up: FollowUp) -> str:
        return moment(follow_up.opened_at, now=timezone.now())

    @display(description=_("due"), ordering="due_at")
    def due(self, follow_up: FollowUp) -> str:
        return moment(follow_up.due_at, now=timezone.now())

    @display(description=CLOSED)
    def closed(self, follow_up: FollowUp) -> str:
        return moment(follow_up.closed_at, now=timezone.now())

    @display(description=_("what to do"))
    def act(self, follow_up: FollowUp) -> Any:
        if follow_up.closed_at is not None:
            return "—"
        return format_html(
            '<a class="bb-link" href="{}">{}</a>', _close(follow_up), gettext("Close the follow-up")
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.close_view)
        return [path("<int:pk>/close/", view, name="feedback_followup_close"), *super().get_urls()]

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask what was done, and close the follow-up with it (SUR-09)."""
        if not self.has_view_permission(request) or not request.user.has_perm("feedback.change_followup"):
            raise PermissionDenied
        follow_up = get_object_or_404(self.get_queryset(request), pk=pk)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._close(request, follow_up, form.cleaned_data["reason"])
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Close the follow-up"),
            "subtitle": self.client(follow_up),
            "opts": self.opts,
            "follow_up": follow_up,
            "rating": _rated(follow_up, follow_up.rating),
            "form": form,
        }
        return render(request, "feedback/admin/close_follow_up.html", context)

    @transaction.atomic
    def _close(self, request: HttpRequest, follow_up: FollowUp, reason: str) -> HttpResponse:
        try:
            close_follow_up(follow_up.pk, by=person(request), reason=reason, now=timezone.now())
        except ClosedAlready:
            messages.warning(request, gettext("Somebody has closed this follow-up already."))
        else:
            said = gettext("Closed: %(reason)s") % {"reason": reason}
            self.log_action(request, follow_up, said, name=self.client(follow_up))
            messages.success(request, gettext("The follow-up is closed."))
        return HttpResponseRedirect(reverse("admin:feedback_followup_change", args=[follow_up.pk]))


def _close(follow_up: FollowUp) -> str:
    return reverse("admin:feedback_followup_close", args=[follow_up.pk])


def _rated(follow_up: FollowUp, rating: int | None) -> str:
    return rating_words(rating, follow_up.vote.delivery.survey.kind)


def _what(follow_up: FollowUp, event: VoteEvent) -> str:
    """Say what was given or written."""
    if event.comment:
        return f": «{event.comment}»"
    return "" if event.rating is None else f": {_rated(follow_up, event.rating)}"
