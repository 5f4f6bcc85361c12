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
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from buhbot.admin.base import OwnOrder, ReadOnlyAdmin, badge, person
from buhbot.models import User
from sla.admin.actions import Told, act, assign, assignees, offered_actions
from sla.admin.drill import DRILL_FILTERS
from sla.admin.filters import AccountantFilter, LateFilter, OpenedFilter, OriginFilter, StandingFilter
from sla.admin.messages import may_correct
from sla.admin.page import page_of
from sla.admin.queue import QUEUE_ACTIONS, QueueActions, person_chosen
from sla.admin.words import (
    STANDING_COLOURS,
    STANDING_NAMES,
    accountants,
    asked,
    clock,
    due,
    moment,
    standing_of,
)
from sla.models import OPEN_STATES, Label, Request
from sla.selectors import visible_requests

IS_OPEN = Q(state__in=OPEN_STATES)
TEXT_IN_LIST = 70


class RequestAdmin(QueueActions, ReadOnlyAdmin):
    """Requests, the most urgent first. They are changed by actions only, and never deleted."""

    list_display = ("number", "client", "standing", "opened", "due", "time", "accountant")
    list_display_links = ("number", "client")
    actions = QUEUE_ACTIONS
    list_select_related = ("chat", "calendar_version")
    list_filter = (StandingFilter, LateFilter, AccountantFilter, OpenedFilter, OriginFilter, *DRILL_FILTERS)
    search_fields = ("text", "chat__title", "chat__client_name", "=id")
    search_help_text = _("Number, client or text")
    change_form_template = "sla/admin/request.html"

    def visible_to(self, user: User) -> QuerySet[Request]:
        return visible_requests(user).annotate(
            closed_rank=Case(When(IS_OPEN, then=Value(0)), default=Value(1), output_field=IntegerField()),
            open_due=Case(When(IS_OPEN, then=F("due_at"))),
        )

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Request | None:
        """Read with the request all that its page names."""
        rows = self.get_queryset(request).select_related(
            "chat", "calendar_version", "acknowledged_by", "closed_by", "opened_by", "assigned_to"
        )
        return rows.filter(pk=object_id).first() if object_id.isdecimal() else None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OwnOrder]:
        return OwnOrder

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return "closed_rank", "open_due", "-closed_at"

    @display(description="№", ordering="pk")
    def number(self, row: Request) -> str:
        return f"№\u00a0{row.pk}"

    @display(description=_("client"), ordering="chat__client_name", header=True)
    def client(self, row: Request) -> tuple[str, str]:
        text = asked(row)
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
        colour = STANDING_COLOURS.get(standing_of(row), "") if row.is_open else ""
        words = clock(row, now=timezone.now())
        return format_html('<span class="bb-time bb-clock-{}">{}</span>', colour, words) if colour else words

    @display(description=_("accountant"))
    def accountant(self, row: Request) -> str:
        return accountants(row)

    def deliveries(self, row: Request) -> dict[int, list[Any]]:
        """Return what became of each alert's messages, by alert; the room that sends them knows."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<int:pk>/act/", self.admin_site.admin_view(self.act_view), name="sla_request_act"),
            path("<int:pk>/assign/", self.admin_site.admin_view(self.assign_view), name="sla_request_assign"),
        ]
        return [*own, *super().get_urls()]

    def act_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Carry out the button that was pressed on the request's page (ANS-06, REQ-07)."""
        row = self._to_act_on(request, pk)
        told = act(
            row,
            request.POST.get("action", ""),
            actor=person(request),
            now=timezone.now(),
            note=request.POST.get("note", "").replace("\0", "").strip(),
        )
        return self._back(request, row, told)

    def assign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have the accountant who was chosen on the request's page answer it (ADM-02)."""
        row = self._to_act_on(request, pk)
        if not self.has_manage_permission(request):
            raise PermissionDenied
        told = assign(row, to=person_chosen(request), actor=person(request), now=timezone.now())
        return self._back(request, row, told)

    def _to_act_on(self, request: HttpRequest, pk: int) -> Request:
        row = get_object_or_404(visible_requests(person(request)).select_related("chat"), pk=pk)
        if request.method != "POST" or not self.has_act_permission(request):
            raise PermissionDenied
        return row

    def _back(self, request: HttpRequest, row: Request, told: Told) -> HttpResponse:
        (messages.success if told.is_done else messages.error)(request, told.text)
        return HttpResponseRedirect(reverse("admin:sla_request_change", args=[row.pk]))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        page = self._page(request, kwargs["obj"], timezone.now())
        response: HttpResponse = super().render_change_form(request, {**context, **page}, *args, **kwargs)
        return response

    def _page(self, request: HttpRequest, row: Request, now: datetime) -> dict[str, Any]:
        may_change = self.has_act_permission(request)
        return {
            "page": page_of(row, user=person(request), deliveries=self.deliveries(row), now=now),
            "labels": Label.choices,
            "may_correct": may_correct(request),
            "offered": offered_actions(row, actor=person(request), now=now) if may_change else [],
            "assignees": assignees(row, actor=person(request), now=now) if may_change else [],
        }
