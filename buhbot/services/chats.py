"""The life of a chat: registered, renamed, migrated, left, come back to (CHT-01, CHT-02, CHT-04)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from buhbot.models import Chat, Tier
from buhbot.rules import IncomingChat

DEFAULT_TIER = "standard"


# The chat of an update: that of the id, or the supergroup that the group of the id became (TIM-05).
OF_TELEGRAM_ID = """
    SELECT id FROM buhbot_chat WHERE %(id)s IN (telegram_id, former_telegram_id)
    ORDER BY telegram_id = %(id)s DESC LIMIT 1
"""
FIND = f"SELECT * FROM buhbot_chat WHERE id = ({OF_TELEGRAM_ID})"
# One round trip finds the chat, locks it until the transaction ends, and notes that something was said in it.
HEAR = f"""
    UPDATE buhbot_chat
    SET last_message_at = greatest(last_message_at, %(at)s), unreachable_since = NULL, unreachable_reason = ''
    WHERE id = ({OF_TELEGRAM_ID}) RETURNING *
"""


def hear_chat(incoming: IncomingChat, *, sent_at: datetime, now: datetime) -> tuple[Chat, bool]:
    """Find or register the chat in which something is said, and note that it can be reached (CHT-02, CHT-04).

    The chat is locked until the transaction ends, so that its settings hold for all that follows. Older news leave
    the time of the last message. Returns the chat and whether it is new.
    """
    found = Chat.objects.raw(HEAR, {"id": incoming.telegram_id, "at": sent_at})
    for chat in found:
        _follow(chat, incoming)
        return chat, False
    register_chat(incoming, now=now)
    return hear_chat(incoming, sent_at=sent_at, now=now)[0], True


def register_chat(incoming: IncomingChat, *, now: datetime) -> tuple[Chat, bool]:
    """Find the chat or register it, unmonitored; follow changes of its title and kind (CHT-02, CHT-04).

    Returns the chat and whether it is new.
    """
    for chat in Chat.objects.raw(
        f"SELECT * FROM buhbot_chat WHERE id = ({OF_TELEGRAM_ID})", {"id": incoming.telegram_id}
    ):
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
    if chat.telegram_id != incoming.telegram_id:
        return  # news of the group that it was
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
        twin.diagnoses.update(chat=chat)
        twin.chosen_by.update(chat=chat)
        twin.memberships.exclude(telegram_id__in=chat.memberships.values("telegram_id")).update(chat=chat)
        twin.delete()
    chat.telegram_id, chat.former_telegram_id = new_telegram_id, old_telegram_id
    chat.kind = Chat.Kind.SUPERGROUP
    chat.save(update_fields=["telegram_id", "former_telegram_id", "kind"])


def _is_set_up(chat: Chat) -> bool:
    is_named = chat.is_team or bool(chat.client_name)
    return chat.is_monitored or is_named or chat.assignments.exists() or chat.labels.exists()


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


def note_bot_rights(chat: Chat, *, is_admin: bool) -> None:
    """Note whether the bot is an administrator of the chat: then it hears and may delete everything (ADM-04)."""
    Chat.objects.filter(pk=chat.pk).update(is_bot_admin=is_admin)


def learn_bot_rights(chat: Chat, *, is_admin: bool) -> bool:
    """Note the bot's rights where they were not known; False: Telegram has told of them meanwhile (ADM-04)."""
    return bool(Chat.objects.filter(pk=chat.pk, is_bot_admin=None).update(is_bot_admin=is_admin))


def mark_chat_unreachable(chat: Chat, *, reason: str, now: datetime) -> None:
    """Note that messages to the chat do not arrive (OUT-04)."""
    Chat.objects.filter(pk=chat.pk, unreachable_since=None).update(
        unreachable_since=now, unreachable_reason=reason[:200]
    )


def mark_chat_reachable(chat: Chat) -> None:
    """Note that a message of ours arrived in the chat."""
    if chat.unreachable_since is not None:
        Chat.objects.filter(pk=chat.pk).update(unreachable_since=None, unreachable_reason="")
