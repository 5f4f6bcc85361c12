"""`/digest` in private: the digest of the morning on or off (ALR-09)."""

from datetime import datetime

from django.utils import timezone
from telegram import Update

from bot.handlers.clients import on_message
from bot.handlers.staff import staff_behind
from bot.models import OutgoingMessage
from bot.outbox import queue_message
from bot.texts import digests as texts
from bot.texts import notices
from buhbot.models import AuditEntry, Notice, Role, User
from buhbot.services.audit import record
from buhbot.services.notices import NoticeLocked, set_notice
from buhbot.services.people import mark_person_reachable

SWITCH = {"on": True, "вкл": True, "off": False, "выкл": False}


def on_digest(update: Update) -> None:
    """Switch the person's digest, or say how it stands; what a client writes goes the way of all."""
    person = update.effective_user
    staff = staff_behind(person) if person else None
    if update.message is None or staff is None:
        on_message(update)
        return
    mark_person_reachable(staff)
    words = (update.message.text or "").lower().split()[1:]
    queue_message(staff, audience=OutgoingMessage.Audience.STAFF, text=_switch(staff, words, timezone.now()))


def _switch(staff: User, words: list[str], now: datetime) -> str:
    if staff.role == Role.OBSERVER:
        return notices.nothing_for_observers()
    if not words:
        return texts.state(wants=staff.wants_digest)
    if words[0] not in SWITCH:
        return texts.how_to()
    try:
        set_notice(staff, Notice.DIGEST, wants=SWITCH[words[0]], by=staff)
    except NoticeLocked:
        return notices.locked()
    record(
        AuditEntry.Kind.DONE, actor=staff, about=staff, note=texts.audited(wants=staff.wants_digest), now=now
    )
    return texts.switched(wants=staff.wants_digest)
