"""Chats: who looks after them, by which terms, and whether they are monitored (CHT-02, ADM-04).

Registered in `bot/admin/`, which knows what the bot may hear.
"""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from buhbot.admin.base import PlainRelations, badge, person
from buhbot.models import Assignment, Chat, Role, User
from buhbot.selectors import visible_assignments, visible_chats
from buhbot.services.audit import Change
from sla.admin.chat_forms import (
    AssignmentForm,
    AssignmentFormSet,
    ChatForm,
    ChatPolicyForm,
    keep_labels,
)
from sla.admin.chat_pages import ChatPages, more_tabs
from sla.admin.erasing import ErasurePage
from sla.admin.filters import CoverFilter
from sla.admin.preview import PreviewAdmin
from sla.admin.recompute import reevaluate
from sla.admin.words import moment
from sla.duty import is_uncovered
from sla.models import ChatPolicy
from sla.selectors import SERVING_ROLES, monitoring_obstacles, terms_of
from sla.services.monitoring import CannotMonitor, start_monitoring, stop_monitoring
from sla.texts import OBSTACLES, in_words

STATE_COLOURS: dict[str, str] = {
    "active": "success",
    "paused": "warning",
    "left": "danger",
    "deleted": "danger",
}


class AssignmentInline(PlainRelations, TabularInline):  # type: ignore[misc]
    model = Assignment
    form = AssignmentForm
    formset = AssignmentFormSet
    autocomplete_fields = ("user",)
    fields = ("user", "duty", "is_primary")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return (
            visible_assignments(person(request)).select_related("user").order_by("duty", "-is_primary", "pk")
        )


class ChatPolicyInline(PlainRelations, TabularInline):  # type: ignore[misc]
    model = ChatPolicy
    form = ChatPolicyForm
    autocomplete_fields = ("policy",)
    verbose_name = _("policy of this chat only")
    verbose_name_plural = _("policy of this chat only (empty: the tier's, else the firm's)")
    extra = 0
    max_num = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChatPolicy]:
        rows: QuerySet[ChatPolicy] = super().get_queryset(request).select_related("policy")
        return rows


class ChatAdmin(ErasurePage, ChatPages, PreviewAdmin):
    form = ChatForm
    list_filter: Any = ("is_monitored", "life_cycle", "tier", "kind")
    list_select_related = ("tier",)
    search_fields = ("title", "client_name", "username")
    search_help_text = _("Client or title")
    autocomplete_fields = ("tier", "calendar", "labels")
    ordering = ("client_name", "title")
    readonly_fields = (
        "title",
        "kind",
        "telegram_id",
        "state",
        "registered",
        "last_message",
        "watch",
        "figures",
    )
    inlines: ClassVar = [AssignmentInline, ChatPolicyInline]
    change_form_outer_before_template = "sla/admin/chat_panel.html"
    list_before_template = "sla/admin/invite_link.html"
    change_form_before_template = "sla/admin/chat_form.html"
    fieldsets: Any = (
        (None, {"fields": ("client_name", "tier", "calendar", "labels")}),
        (
            _("What the bot sends"),
            {"fields": ("sends_receipts", "tells_opening", "takes_broadcasts", "is_team")},
        ),
        (
            _("In Telegram"),
            {"fields": ("title", "kind", "telegram_id", "state", "registered", "last_message")},
        ),
    )
    observer_fieldsets: Any = ((None, {"fields": ("title", "kind", "tier", "state", "watch", "figures")}),)

    def visible_to(self, user: User) -> QuerySet[Chat]:
        return visible_chats(user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chat]:
        rows: QuerySet[Chat] = super().get_queryset(request)
        match = request.resolver_match
        if (
            match is None
            or match.url_name != "buhbot_chat_changelist"
            or person(request).role == Role.OBSERVER
        ):
            parts = {} if person(request).role == Role.OBSERVER else ChatForm.parts  # observers see no staff
            return rows.select_related("tier", "calendar").annotate(**parts)
        primary = Assignment.objects.filter(duty=Assignment.Duty.ACCOUNTANT).select_related("user")
        return rows.prefetch_related(
            Prefetch("assignments", primary.order_by("-is_primary", "pk"), to_attr="accountants")
        )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Chat | None:
        """Let the page of an observer, who only looks, go by the title: clients' names are the firm's (RBAC table)."""
        chat: Chat | None = super().get_object(request, object_id, from_field)
        if chat is not None and person(request).role == Role.OBSERVER:
            chat.client_name = ""
        elif chat is not None:
            keep_labels(chat)
        return chat

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        fields = self.search_fields
        return (
            fields
            if person(request).role != Role.OBSERVER
            else tuple(f for f in fields if f != "client_name")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Chat], search_term: str
    ) -> tuple[QuerySet[Chat], bool]:
        """Offer an observer, who chooses chats nowhere, none: what is offered goes by the client's name."""
        if request.path == reverse("admin:autocomplete") and person(request).role == Role.OBSERVER:
            queryset = queryset.none()
        found: tuple[QuerySet[Chat], bool] = super().get_search_results(request, queryset, search_term)
        return found

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        if person(request).role == Role.OBSERVER:
            return ("title", "kind", "state", "tier", "watch", "last_message")
        return ("client", "kind", "state", "tier", "accountant", "watch", "last_message")

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*self.list_filter, CoverFilter) if person(request).role in SERVING_ROLES else self.list_filter

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.observer_fieldsets if person(request).role == Role.OBSERVER else self.fieldsets

    @display(description=_("client"), ordering="client_name", header=True)
    def client(self, chat: Chat) -> tuple[str, str]:
        return str(chat), chat.title if chat.title != str(chat) else ""

    @display(description=_("state"), ordering="life_cycle")
    def state(self, chat: Chat) -> str:
        if chat.life_cycle == Chat.LifeCycle.ACTIVE and chat.unreachable_since is not None:
            return badge(gettext("unreachable"), "danger")
        return badge(chat.get_life_cycle_display(), STATE_COLOURS[chat.life_cycle])

    @display(description=_("accountant"))
    def accountant(self, chat: Any) -> str:
        names = [str(row.user) for row in chat.accountants]
        more = f" +{len(names) - 1}" if len(names) > 1 else ""
        return f"{names[0]}{more}" if names else "—"

    @display(description=_("monitored"), ordering="is_monitored")
    def watch(self, chat: Chat) -> str:
        if chat.is_team:
            return badge(gettext("team chat"), "info")
        return badge(gettext("yes"), "success") if chat.is_monitored else badge(gettext("no"), "warning")

    @display(description=_("registered"), ordering="registered_at")
    def registered(self, chat: Chat) -> str:
        return moment(chat.registered_at, now=timezone.now())

    @display(description=_("last message"), ordering="last_message_at")
    def last_message(self, chat: Chat) -> str:
        return moment(chat.last_message_at, now=timezone.now())

    @display(description=_("figures"))
    def figures(self, chat: Chat) -> str:
        """Lead to the report of this chat: the figures that observers may know (RBAC table)."""
        return format_html(
            '<a class="bb-link" href="{}?chat={}">{}</a>',
            reverse("admin:sla_reports"),
            chat.pk,
            gettext("Report"),
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        chat = form.instance
        reevaluate(request, [chat.pk])
        if chat.is_monitored and (missing := monitoring_obstacles(chat)):
            messages.warning(
                request, gettext("The chat is monitored, but: %(why)s.") % {"why": in_words(missing)}
            )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.monitor_view)
        return [path("<int:pk>/monitor/", view, name="buhbot_chat_monitor"), *super().get_urls()]

    def monitor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Switch monitoring on, or off when the button says so (CHT-02, TIM-05)."""
        chat = get_object_or_404(visible_chats(person(request)), pk=pk)
        if request.method != "POST" or not self.has_change_permission(request, chat):
            raise PermissionDenied
        if ("on" in request.POST) == chat.is_monitored:  # pressed twice, or on an old page
            messages.info(request, gettext("Nothing was changed."))
        elif "on" in request.POST:
            self._start(request, chat)
        else:
            self._stop(request, chat)
        return HttpResponseRedirect(reverse("admin:buhbot_chat_change", args=[pk]))

    def _start(self, request: HttpRequest, chat: Chat) -> None:
        try:
            start_monitoring(chat)
        except CannotMonitor as error:
            why = in_words(error.obstacles)
            messages.error(request, gettext("Monitoring cannot be switched on: %(why)s.") % {"why": why})
            return
        self.log_action(request, chat, gettext("Monitoring was switched on."), [_watched(False, True)])
        messages.success(request, gettext("The chat is monitored from now on."))

    def _stop(self, request: HttpRequest, chat: Chat) -> None:
        cancelled = stop_monitoring(chat, actor=person(request), now=timezone.now())
        self.log_action(request, chat, gettext("Monitoring was switched off."), [_watched(True, False)])
        told = (
            ngettext(
                "The chat is not monitored any more; %(count)d open request was cancelled.",
                "The chat is not monitored any more; %(count)d open requests were cancelled.",
                cancelled,
            )
            if cancelled
            else gettext("The chat is not monitored any more.")
        )
        messages.success(request, told % {"count": cancelled} if cancelled else told)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        panel = self._panel(request, kwargs["obj"])
        response: HttpResponse = super().render_change_form(request, {**context, **panel}, *args, **kwargs)
        return response

    def _panel(self, request: HttpRequest, chat: Chat) -> dict[str, Any]:
        if person(request).role == Role.OBSERVER:
            return {"watched_chat": None}
        policy, version = terms_of(chat)
        is_serving = person(request).role in SERVING_ROLES  # others do not see all who would be told
        obstacles = monitoring_obstacles(chat) if is_serving and not chat.is_monitored else []
        return {
            "watched_chat": chat,
            "more_tabs": more_tabs(chat, person(request)),
            "obstacles": [OBSTACLES[obstacle] for obstacle in obstacles],
            "policy_in_force": policy,
            "calendar_in_force": version.name,
            "nobody_is_there": is_serving and is_uncovered(chat),
        }


def _watched(before: bool, after: bool) -> Change:
    words = {True: gettext("yes"), False: gettext("no")}
    return Change(gettext("monitored"), words[before], words[after])
