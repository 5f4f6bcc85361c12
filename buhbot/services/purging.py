"""What of the ground floor goes when it is too old: messages, the audit log, private chats, links (SEC-14)."""

from functools import partial
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import CASCADE, PROTECT, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from buhbot.models import (
    Absence,
    AuditEntry,
    Broadcast,
    BroadcastDelivery,
    Chat,
    Message,
    MessageRevision,
    StaffLink,
)
from buhbot.purging import Piece, call, deleting, let_go, unheld
from buhbot.retention import Terms


def _messages(terms: Terms) -> QuerySet[Message]:
    """Messages of requests that are kept stay with them, so those of open ones do, however old."""
    return unheld(Message.objects.filter(sent_at__lt=terms.people)).order_by("sent_at", "pk")


def _remove_messages(keys: list[Any]) -> None:
    let_go(Message, keys, apart_from=[MessageRevision])
    call("purge_messages", keys)


def _private_chats(terms: Terms) -> QuerySet[Chat]:
    """Chats with a person in which nothing happened for so long, and on which nothing hangs."""
    last_at = Coalesce(F("last_message_at"), F("life_cycle_since"), F("registered_at"))
    rows = Chat.objects.filter(kind=Chat.Kind.PRIVATE).annotate(last_at=last_at)
    return unheld(rows.filter(last_at__lt=terms.people), by=(PROTECT, CASCADE)).order_by("pk")


def _broadcasts(terms: Terms) -> QuerySet[Broadcast]:
    """Counted from the end; drafts and what is under way stay."""
    ended = Broadcast.objects.filter(state__in=(Broadcast.State.DONE, Broadcast.State.STOPPED))
    last_at = Coalesce(F("finished_at"), F("started_at"), F("start_at"), F("created_at"))
    return ended.annotate(last_at=last_at).filter(last_at__lt=terms.people).order_by("pk")


def _remove_broadcasts(keys: list[Any]) -> None:
    BroadcastDelivery.objects.filter(broadcast__in=keys).delete()
    Broadcast.objects.filter(pk__in=keys).delete()


def _links(terms: Terms) -> QuerySet[StaffLink]:
    return StaffLink.objects.filter(Q(expires_at__lt=terms.inbox) | Q(used_at__lt=terms.inbox)).order_by("pk")


PIECES = (
    Piece(
        _("broadcasts"),
        ("buhbot_broadcast", "buhbot_broadcast_chats", "buhbot_broadcastdelivery"),
        _broadcasts,
        _remove_broadcasts,
        most=5,  # each with a copy of every chat
    ),
    Piece(
        _("messages"),
        ("buhbot_message", "buhbot_messagerevision", "sla_classification"),  # the class goes with the message
        _messages,
        _remove_messages,
    ),
    Piece(_("private chats"), ("buhbot_chat",), _private_chats, deleting(Chat)),
    Piece(
        _("absences"),
        ("buhbot_absence",),
        lambda terms: Absence.objects.filter(ends_at__lt=terms.people).order_by("ends_at"),
        deleting(Absence),
    ),
    Piece(_("sign-up links"), ("buhbot_stafflink",), _links, deleting(StaffLink)),
    Piece(
        _("entries of the audit log"),
        ("buhbot_auditentry",),
        lambda terms: AuditEntry.objects.filter(at__lt=terms.people).order_by("at", "pk"),
        partial(call, "purge_audit_entries"),
        is_locked=False,
    ),
    Piece(
        _("entries of the history in the panel"),
        ("django_admin_log",),
        lambda terms: LogEntry.objects.filter(action_time__lt=terms.people).order_by("pk"),
        partial(call, "purge_admin_log"),
        is_locked=False,
    ),
    Piece(
        _("ended sign-ins"),
        ("django_session",),
        lambda terms: Session.objects.filter(expire_date__lt=terms.now).order_by("pk"),
        deleting(Session),
        is_locked=False,
    ),
)
