"""The life of a chat: registered, renamed, migrated, left, come back to (CHT-01, CHT-02, CHT-04)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from buhbot.models import Chat, Tier
from buhbot.rules import IncomingChat

DEFAULT_TIER = "standard"


def register_chat(incoming: IncomingChat, *, now: datetime) -> tuple[Chat, bool]:
    """Find the chat or register it, unmonitored; follow changes of its title and kind (CHT-02, CHT-04).

    What comes late from the group that a supergroup was belongs to the supergroup (TIM-05). Returns the chat and
    whether it is new.
    """
    known = Q(telegram_id=incoming.telegram_id) | Q(former_telegram_id=incoming.telegram_id)
    chat = Chat.objects.filter(known).first()
    if chat is not None:
        if chat.telegram_id == incoming.telegram_id:
            _follow(chat, incoming)
        return chat, False
    return Chat.objects.get_or_create(
        telegram_id=incoming.telegram_id,
        defaults={
            "kind": incoming.kind,
            "title": incoming.title[:255],
            "username": incoming.username,
            "tier": Tier.objects.filter(code=DEFAULT_TIER).first() or Tier.objects.earliest("position"),
            "registered_at": now,
        },
    )


def _follow(chat: Chat, incoming: IncomingChat) -> None:
    seen = {"kind": incoming.kind, "title": incoming.title[:255], "username": incoming.username}
    changed = [name for name, value in seen.items() if getattr(chat, name) != value]
    if changed:
        for name in changed:
            setattr(chat, name, seen[name])
        chat.save(update_fields=changed)


@transaction.atomic
def migrate_chat(*, old_telegram_id: int, new_telegram_id: int) -> None:
    """Give the chat its new Telegram id; row, history and settings stay (TIM-05, OUT-04).

    A row that the new id already has, made by a message that came first, goes. One that somebody set up stays, and
    so does the old one: nothing is deleted that people put work into.
    """
    chat = Chat.objects.select_for_update().filter(telegram_id=old_telegram_id).first()
    if chat is None:
        return
    twin = Chat.objects.select_for_update().filter(telegram_id=new_telegram_id).first()
    if twin is not None:
        if _is_set_up(twin):
            return
        twin.messages.update(chat=chat)
        twin.outgoing.update(chat=chat)
        twin.delete()
    chat.telegram_id, chat.former_telegram_id = new_telegram_id, old_telegram_id
    chat.kind = Chat.Kind.SUPERGROUP
    chat.save(update_fields=["telegram_id", "former_telegram_id", "kind"])


def _is_set_up(chat: Chat) -> bool:
    return chat.is_monitored or chat.is_team or bool(chat.client_name) or chat.assignments.exists()


def set_life_cycle(chat: Chat, life_cycle: str, *, at: datetime) -> bool:
    """Change the chat's life-cycle field; say whether it changed (CHT-04).

    `at` is Telegram's date of the change; older news than those known change nothing.
    """
    newest = Q(life_cycle_since=None) | Q(life_cycle_since__lte=at)
    rows = Chat.objects.filter(newest, pk=chat.pk).exclude(life_cycle=life_cycle)
    is_changed = bool(rows.update(life_cycle=life_cycle, life_cycle_since=at))
    if is_changed:
        chat.life_cycle, chat.life_cycle_since = life_cycle, at
    return is_changed


def note_presence(chat: Chat, *, sent_at: datetime) -> None:
    """Take the chat as come back to when something is said in it after the bot was removed (CHT-04)."""
    if chat.life_cycle == Chat.LifeCycle.LEFT:
        since = chat.life_cycle_since
        if since is None or sent_at > since:
            set_life_cycle(chat, Chat.LifeCycle.ACTIVE, at=sent_at)


def mark_chat_unreachable(chat: Chat, *, reason: str, now: datetime) -> None:
    """Note that messages to the chat do not arrive (OUT-04)."""
    Chat.objects.filter(pk=chat.pk, unreachable_since=None).update(
        unreachable_since=now, unreachable_reason=reason[:200]
    )


def mark_chat_reachable(chat: Chat) -> None:
    """Note that a message of ours arrived in the chat."""
    if chat.unreachable_since is not None:
        Chat.objects.filter(pk=chat.pk).update(unreachable_since=None, unreachable_reason="")


def note_message(chat: Chat, *, sent_at: datetime) -> None:
    """Note that something was said in the chat: when, and so that it can be reached. Older news change nothing."""
    if chat.last_message_at is None or chat.last_message_at < sent_at or chat.unreachable_since is not None:
        chat.last_message_at = max(sent_at, chat.last_message_at or sent_at)
        chat.unreachable_since, chat.unreachable_reason = None, ""
        chat.save(update_fields=["last_message_at", "unreachable_since", "unreachable_reason"])
