"""Small words that several texts share: durations, moments, people, links."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from buhbot.models import Chat
from buhbot.texts import duration as whole_minutes
from sla.models import Request

SUPERGROUP_PREFIX = "-100"


def duration(span: timedelta) -> str:
    """Write a duration as people say it: «1 ч 20 мин»; under a minute in seconds."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 60:
        return _("%(seconds)d s") % {"seconds": seconds}
    return whole_minutes(span)


def moment(at: datetime, *, now: datetime) -> str:
    """Write an instant in the firm's zone; the date is left out when it is today's."""
    local = timezone.localtime(at)
    return local.strftime("%H:%M" if local.date() == timezone.localtime(now).date() else "%d.%m %H:%M")


def message_link(*, chat_id: int, username: str, message_id: int, topic_id: int = 0) -> str:
    """Build the address that opens the message in Telegram; empty where there is none: a press has none (ALR-03)."""
    if message_id <= 0:
        return ""
    topic = f"{topic_id}/" if topic_id else ""
    if username:
        return f"https://t.me/{username}/{topic}{message_id}"
    if str(chat_id).startswith(SUPERGROUP_PREFIX):
        return f"https://t.me/c/{str(chat_id).removeprefix(SUPERGROUP_PREFIX)}/{topic}{message_id}"
    return ""


def link_to(request: Request) -> str:
    """Return where the request's first message is read: in Telegram, else in Admin (ALR-03, CLI-10)."""
    opened, page = request.opened_by, admin_link(f"sla/request/{request.pk}/change/")
    if opened.is_private:
        return page
    return (
        message_link(
            chat_id=opened.telegram_chat_id,
            username="" if request.chat.kind == Chat.Kind.PRIVATE else request.chat.username,
            message_id=opened.telegram_message_id,
            topic_id=request.topic_id,
        )
        or page
    )


def admin_link(path: str) -> str:
    """Build the address of an Admin page; empty when the firm has no public address."""
    return f"{settings.PUBLIC_URL}/admin/{path}" if settings.PUBLIC_URL else ""


def bold(value: object) -> str:
    return f"<b>{escape(value)}</b>"
