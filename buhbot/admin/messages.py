"""The log of what was said in the chats: read only (REQ-01). Registered in `sla/admin/`, which knows the classes."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from buhbot.admin.base import ReadOnlyAdmin, badge
from buhbot.admin.filters import PeriodFilter
from buhbot.models import Message, MessageRevision, User
from buhbot.selectors import visible_messages

SENDER_COLOURS: dict[str, str] = {
    Message.Sender.CLIENT: "primary",
    Message.Sender.STAFF: "success",
    Message.Sender.BOT: "info",
    Message.Sender.ANONYMOUS_ADMIN: "warning",
}


class SentFilter(PeriodFilter):
    """Messages of the last days."""

    field = "sent_at"


class RevisionInline(TabularInline):  # type: ignore[misc]
    model = MessageRevision
    fields = ("replaced_at", "text")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class MessageAdmin(ReadOnlyAdmin):
    """Messages; `sla/admin/` registers the page, and adds their classes."""

    list_display: Any = ("sent_at", "chat", "who", "said", "kind", "topic")
    list_display_links = ("sent_at", "said")
    list_select_related: Any = ("chat", "staff")
    list_filter: Any = (SentFilter, "sender", "kind")
    search_fields = ("text", "sender_name", "chat__title", "chat__client_name")
    search_help_text = _("Text, sender or client")
    inlines = (RevisionInline,)
    fields = ("chat", "who", "sender_name", "sent_at", "edited_at", "kind", "text", "file_name", "topic_id")

    def visible_to(self, user: User) -> QuerySet[Message]:
        return visible_messages(user)

    @display(description=_("who"))
    def who(self, message: Message) -> str:
        name = str(message.staff) if message.staff else message.sender_name
        return badge(name or message.get_sender_display(), SENDER_COLOURS.get(message.sender, ""))

    @display(description=_("text"))
    def said(self, message: Message) -> str:
        text = message.text or message.file_name or "—"
        return text if len(text) <= 90 else f"{text[:90].rstrip()}…"

    @display(description=_("topic"))
    def topic(self, message: Message) -> str:
        return str(message.topic_id or "—")
