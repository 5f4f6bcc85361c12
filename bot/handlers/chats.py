"""The life of the chats: the bot is added or removed, a group becomes a supergroup (CHT-01, CHT-02, CHT-04)."""

from datetime import datetime

from django.utils import timezone
from telegram import ChatMember, ChatMemberRestricted, Message, Update

from bot.outbox import queue_for_admins
from bot.texts import people as texts
from bot.texts.words import admin_link
from buhbot.models import Chat, User
from buhbot.rules import IncomingChat
from buhbot.services.chats import migrate_chat, note_bot_rights, register_chat, set_life_cycle
from buhbot.services.clients import note_membership
from buhbot.services.people import mark_person_reachable, mark_person_unreachable
from sla import services
from sla.models import Request

GONE = {ChatMember.LEFT, ChatMember.BANNED}


def on_membership(update: Update) -> None:
    """Follow the bot's own membership: added, back again, removed or blocked (CHT-02, CHT-04, TIM-05)."""
    change = update.my_chat_member
    if change is None:
        return
    now = timezone.now()
    is_gone = _is_gone(change.new_chat_member)
    if change.chat.type == Chat.Kind.PRIVATE and _staff_membership(change.from_user.id, is_gone, now):
        return
    title = change.chat.title or change.from_user.full_name
    incoming = IncomingChat(change.chat.id, change.chat.type, title, change.chat.username or "")
    chat, is_new = register_chat(incoming, now=now)
    if chat.former_telegram_id == change.chat.id:
        return  # the group is gone, not the supergroup that it became
    note_bot_rights(chat, is_admin=change.new_chat_member.status == ChatMember.ADMINISTRATOR)
    if not is_gone:
        if chat.life_cycle != Chat.LifeCycle.PAUSED:  # new rights are no return
            set_life_cycle(chat, Chat.LifeCycle.ACTIVE, at=change.date)
        tell_of_new_chat(chat, is_new=is_new)
        return
    note_removal(chat, at=change.date, now=now, key=f"left:{chat.pk}:{update.update_id}")


def note_removal(chat: Chat, *, at: datetime, now: datetime, key: str) -> None:
    """Take the chat as left, cancel what is open in it, and tell the administrators (CHT-04, TIM-05)."""
    if set_life_cycle(chat, Chat.LifeCycle.LEFT, at=at):
        cancelled = services.cancel_chat_requests(chat, reason=Request.Reason.BOT_REMOVED, now=now)
        if chat.is_monitored:
            queue_for_admins(texts.bot_removed(str(chat), cancelled), dedupe_key=key)


def _is_gone(member: ChatMember) -> bool:
    """Telegram keeps the restrictions of who was removed, and says beside them that they are no member."""
    return member.status in GONE or (isinstance(member, ChatMemberRestricted) and not member.is_member)


def on_member(update: Update) -> None:
    """Note who comes to a group and who leaves it; Telegram tells it to administrators (CLI-05)."""
    change = update.chat_member
    if change is None:
        return
    chat = _known(change.chat.id)
    member = change.new_chat_member
    if chat is not None and not member.user.is_bot:
        note_membership(chat, member.user.id, is_member=not _is_gone(member), at=change.date)


def note_members(message: Message) -> None:
    """Note who came or left by the message that Telegram leaves in the group itself (CLI-05)."""
    came, left = message.new_chat_members, message.left_chat_member
    chat = _known(message.chat.id) if came or left else None
    if chat is None:
        return
    for person in [*came, *([left] if left else [])]:
        if not person.is_bot:
            note_membership(chat, person.id, is_member=person != left, at=message.date)


def _known(telegram_id: int) -> Chat | None:
    return Chat.objects.filter(telegram_id=telegram_id).first()


def on_migration(update: Update) -> None:
    """Give the chat its new Telegram id; both of Telegram's service messages say the same (TIM-05)."""
    message = update.message
    if message is None:
        return
    if message.migrate_to_chat_id:
        migrate_chat(old_telegram_id=message.chat.id, new_telegram_id=message.migrate_to_chat_id)
    elif message.migrate_from_chat_id:
        migrate_chat(old_telegram_id=message.migrate_from_chat_id, new_telegram_id=message.chat.id)


def _staff_membership(telegram_id: int, is_blocked: bool, now: datetime) -> bool:
    """Note that a staff member blocked the bot, or let it back in (ALR-08); False: not of the firm."""
    staff = User.objects.filter(telegram_id=telegram_id, is_active=True).first()
    if staff is None:
        return False
    if is_blocked:
        mark_person_unreachable(staff, reason=texts.blocked_reason(), now=now)
    else:
        mark_person_reachable(staff)
    return True


def tell_of_new_chat(chat: Chat, *, is_new: bool) -> None:
    """Tell the administrators of a group that waits to be set up (CHT-02)."""
    if is_new and chat.kind != Chat.Kind.PRIVATE:
        link = admin_link(f"buhbot/chat/{chat.pk}/change/")
        queue_for_admins(texts.new_chat(str(chat), link), dedupe_key=f"new-chat:{chat.pk}")
