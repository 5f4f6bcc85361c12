"""Inbox and outbox: what came, what went, what failed, and once more (ADM-11)."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from bot.admin.contents import facts_of_call, facts_of_update, kind_word, masked, shown
from bot.admin.requests import STATE_COLOURS as SENDING_COLOURS
from bot.announcer.notices import LIST, SUMMARY
from bot.models import InboundUpdate, OutgoingMessage
from bot.services.inbox import process_again
from bot.services.resending import can_send_again, send_again
from buhbot.admin.base import ReadOnlyAdmin, badge
from buhbot.admin.filters import PeriodFilter
from sla.admin.words import moment

INBOX_COLOURS: dict[str, str] = {
    InboundUpdate.State.PENDING: "info",
    InboundUpdate.State.PROCESSED: "success",
    InboundUpdate.State.FAILED: "danger",
}
ERROR_IN_LIST = 60
SEVERAL = (LIST, SUMMARY)


def last_line(error: str) -> str:
    """Return the line of an error or traceback that says most."""
    lines = error.strip().splitlines() or ["—"]
    return lines[-1] if len(lines[-1]) <= ERROR_IN_LIST else f"{lines[-1][:ERROR_IN_LIST]}…"


class JournalAdmin(ReadOnlyAdmin):
    """A journal whose rows can be tried once more by who may change them."""

    actions = ("again",)
    change_form_outer_before_template = "bot/admin/again.html"
    again_title: Any = ""

    def try_again(self, row: Any) -> bool:
        """Try the row once more; False: its state does not allow it."""
        raise NotImplementedError

    def may_try_again(self, row: Any) -> bool:
        """Whether the button makes sense."""
        raise NotImplementedError

    def has_again_permission(self, request: HttpRequest) -> bool:
        name = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return bool(request.user.has_perm(name))

    @action(description=_("Try the chosen ones again"), permissions=["again"])
    def again(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._tell(request, rows)

    def _tell(self, request: HttpRequest, rows: Iterable[Any]) -> None:
        done = [row for row in rows if self.try_again(row)]
        for row in done:
            self.log_action(request, row, str(self.again_title))
        count = len(done)
        if not count:
            messages.warning(request, gettext("Nothing was put back: the state does not allow it."))
            return
        told = ngettext("%(count)d row was put back.", "%(count)d rows were put back.", count)
        messages.success(request, told % {"count": count})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.again_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_again"
        return [path("<int:pk>/again/", view, name=name), *super().get_urls()]

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Try one row again (ADM-11)."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method != "POST" or not self.has_again_permission(request):
            raise PermissionDenied
        self._tell(request, [row])
        return HttpResponseRedirect(
            reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[pk])
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_queryset(request).filter(pk=object_id).first() if object_id.isdecimal() else None
        is_offered = row is not None and self.may_try_again(row) and self.has_again_permission(request)
        again = {"again_title": self.again_title, "again_url": "../again/" if is_offered else ""}
        response: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **again}
        )
        return response


class ReceivedFilter(PeriodFilter):
    """When the update was received."""

    field = "received_at"


class QueuedFilter(PeriodFilter):
    """When the message was queued."""

    field = "created_at"


@admin.register(InboundUpdate)
class InboxAdmin(JournalAdmin):
    """What Telegram sent (BOT-04)."""

    again_title = _("Process again")
    list_display = ("update_id", "lane", "about", "status", "attempts", "received", "reason")
    list_filter = ("state", ReceivedFilter)
    search_fields = ("=update_id", "=lane")
    search_help_text = _("Number of the update, or Telegram id of the chat or person")
    fields = (
        "update_id",
        "lane",
        "status",
        "attempts",
        "received_at",
        "processed_at",
        "error_text",
        "content",
    )
    readonly_fields = fields

    def try_again(self, row: InboundUpdate) -> bool:
        return process_again(row)

    def may_try_again(self, row: InboundUpdate) -> bool:
        return row.state == InboundUpdate.State.FAILED

    @display(description=_("state"), ordering="state")
    def status(self, row: InboundUpdate) -> str:
        return badge(row.get_state_display(), INBOX_COLOURS[row.state])

    @display(description=_("what"))
    def about(self, row: InboundUpdate) -> str:
        return kind_word(row.payload)

    @display(description=_("received"), ordering="received_at")
    def received(self, row: InboundUpdate) -> str:
        return moment(row.received_at, now=timezone.now())

    @display(description=_("error"))
    def reason(self, row: InboundUpdate) -> str:
        return masked(last_line(row.error))

    @display(description=_("error"))
    def error_text(self, row: InboundUpdate) -> str:
        return format_html('<pre class="bb-json">{}</pre>', masked(row.error)) if row.error else "—"

    @display(description=_("content"))
    def content(self, row: InboundUpdate) -> str:
        return shown(facts_of_update(row.payload), row.payload)


@admin.register(OutgoingMessage)
class OutboxAdmin(JournalAdmin):
    """What Telegram was or is to be told (OUT-04)."""

    again_title = _("Send again")
    list_display = ("number", "to", "method", "status", "queued", "sent", "reason")
    list_display_links = ("number", "to")
    list_select_related = ("chat", "recipient")
    list_filter = ("state", "audience", "method", QueuedFilter)
    search_fields = ("=id", "subject", "chat__title", "chat__client_name", "recipient__full_name")
    search_help_text = _("Client, staff member or number")
    fields = (
        "to",
        "audience",
        "method",
        "priority",
        "about",
        "status",
        "attempts",
        "created_at",
        "not_before",
        "sent_at",
        "error",
        "content",
    )
    readonly_fields = fields

    def try_again(self, row: OutgoingMessage) -> bool:
        return send_again(row, now=timezone.now())

    def may_try_again(self, row: OutgoingMessage) -> bool:
        return can_send_again(row)

    @display(description="№", ordering="pk")
    def number(self, row: OutgoingMessage) -> int:
        return row.pk

    @display(description=_("to whom"))
    def to(self, row: OutgoingMessage) -> str:
        return str(row.recipient or row.chat or "—")

    @display(description=_("state"), ordering="state")
    def status(self, row: OutgoingMessage) -> str:
        return badge(row.get_state_display(), SENDING_COLOURS.get(row.state, ""))

    @display(description=_("queued"), ordering="created_at")
    def queued(self, row: OutgoingMessage) -> str:
        return moment(row.created_at, now=timezone.now())

    @display(description=_("sent"), ordering="sent_at")
    def sent(self, row: OutgoingMessage) -> str:
        return moment(row.sent_at, now=timezone.now())

    @display(description=_("error"))
    def reason(self, row: OutgoingMessage) -> str:
        return last_line(row.error)

    @display(description=_("about"))
    def about(self, row: OutgoingMessage) -> str:
        kind, _colon, number = row.subject.partition(":")
        if kind == "request":
            return gettext("request № %(number)s") % {"number": number}
        return gettext("several requests") if kind in SEVERAL else "—"

    @display(description=_("content"))
    def content(self, row: OutgoingMessage) -> str:
        return shown(facts_of_call(row.payload), row.payload)
