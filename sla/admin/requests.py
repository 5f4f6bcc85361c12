"""The queue and the page of a request (ADM-02, ADM-03). Registered in `bot/admin/`, which knows the deliveries."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import OwnOrder, ReadOnlyAdmin, badge, person
from buhbot.models import User
from sla.admin.actions import act, offered_actions
from sla.admin.drill import DRILL_FILTERS
from sla.admin.filters import AccountantFilter, LateFilter, OpenedFilter, StandingFilter
from sla.admin.messages import may_correct
from sla.admin.page import page_of
from sla.admin.words import STANDING_COLOURS, STANDING_NAMES, accountants, clock, due, moment, standing_of
from sla.models import OPEN_STATES, Label, Request
from sla.selectors import visible_requests

IS_OPEN = Q(state__in=OPEN_STATES)
TEXT_IN_LIST = 70


class RequestAdmin(ReadOnlyAdmin):
    """Requests, the most urgent first. They are changed by actions only, and never deleted."""

    list_display = ("number", "client", "standing", "opened", "due", "time", "accountant")
    list_display_links = ("number", "client")
    list_select_related = ("chat", "calendar_version")
    list_filter = (StandingFilter, LateFilter, AccountantFilter, OpenedFilter, *DRILL_FILTERS)
    search_fields = ("text", "chat__title", "chat__client_name", "=id")
    search_help_text = _("Number, client or text")
    change_form_template = "sla/admin/request.html"

    def visible_to(self, user: User) -> QuerySet[Request]:
        return visible_requests(user).annotate(
            closed_rank=Case(When(IS_OPEN, then=Value(0)), default=Value(1), output_field=IntegerField()),
            open_due=Case(When(IS_OPEN, then=F("due_at"))),
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OwnOrder]:
        return OwnOrder

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return "closed_rank", "open_due", "-closed_at"

    @display(description="№", ordering="pk")
    def number(self, row: Request) -> str:
        return f"№\u00a0{row.pk}"

    @display(description=_("client"), ordering="chat__client_name", header=True)
    def client(self, row: Request) -> tuple[str, str]:
        text = row.text or "—"
        return str(row.chat), text if len(text) <= TEXT_IN_LIST else f"{text[:TEXT_IN_LIST].rstrip()}…"

    @display(description=_("state"))
    def standing(self, row: Request) -> str:
        found = standing_of(row)
        return badge(STANDING_NAMES[found], STANDING_COLOURS.get(found, ""))

    @display(description=_("opened"), ordering="opened_at")
    def opened(self, row: Request) -> str:
        return moment(row.opened_at, now=timezone.now())

    @display(description=_("due"), ordering="due_at")
    def due(self, row: Request) -> str:
        return due(row, now=timezone.now())

    @display(description=_("left or response"))
    def time(self, row: Request) -> str:
        return clock(row, now=timezone.now())

    @display(description=_("accountant"))
    def accountant(self, row: Request) -> str:
        return accountants(row)

    def deliveries(self, row: Request) -> dict[int, list[Any]]:
        """Return what became of each alert's messages, by alert; the room that sends them knows."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.act_view)
        return [path("<int:pk>/act/", view, name="sla_request_act"), *super().get_urls()]

    def act_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Carry out the button that was pressed on the request's page (ANS-06, REQ-07)."""
        row = get_object_or_404(visible_requests(person(request)), pk=pk)
        if request.method != "POST" or not request.user.has_perm("sla.change_request"):
            raise PermissionDenied
        told = act(
            row,
            request.POST.get("action", ""),
            actor=person(request),
            now=timezone.now(),
            note=request.POST.get("note", "").strip(),
        )
        (messages.success if told.is_done else messages.error)(request, told.text)
        return HttpResponseRedirect(reverse("admin:sla_request_change", args=[pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        page = self._page(request, object_id, timezone.now())
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **page}
        )
        return response

    def _page(self, request: HttpRequest, object_id: str, now: datetime) -> dict[str, Any]:
        rows = visible_requests(person(request)).select_related(
            "chat", "calendar_version", "acknowledged_by", "closed_by", "opened_by"
        )
        row = rows.filter(pk=object_id).first() if object_id.isdecimal() else None
        if row is None:
            return {}
        may_change = request.user.has_perm("sla.change_request")
        return {
            "page": page_of(row, user=person(request), deliveries=self.deliveries(row), now=now),
            "labels": Label.choices,
            "may_correct": may_correct(request),
            "offered": offered_actions(row, actor=person(request), now=now) if may_change else [],
        }
