"""Invitations: `/invite` makes one in private; `?startgroup=` or `/connect` use it in the group (CHT-03)."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from telegram import Update

from bot.handlers.chats import tell_of_new_chat
from bot.handlers.clients import on_message
from bot.handlers.commands import commander
from bot.handlers.staff import staff_behind
from bot.incoming import read
from bot.models import BotAccount, OutgoingMessage
from bot.outbox import queue_deletion, queue_message
from bot.texts import invitations as texts
from buhbot.models import AuditEntry, Chat, Role, User
from buhbot.services.audit import record
from sla import services
from sla.models import Invitation
from sla.selectors import SERVING_ROLES, accountants_of, policy_of
from sla.services.inviting import DEFAULT_HOURS
from sla.texts import in_words

Act = AuditEntry.Kind
Audience = OutgoingMessage.Audience
NAME_LENGTH = 200
REFUSALS: dict[type[Exception], Callable[[], str]] = {
    services.InvitationUnknown: texts.unknown,
    services.InvitationUsed: texts.used,
    services.InvitationExpired: texts.expired,
    services.InvitationNotYours: texts.not_yours,
}


def on_connect(update: Update) -> None:
    """Bind the group by a token. Staff hear in private what became of it; the token is taken out of the chat."""
    if update.message is None:
        return
    now = timezone.now()
    incoming = read(update.message)
    intake = services.register_message(incoming, now=now)
    tell_of_new_chat(intake.chat, is_new=intake.is_new_chat)
    token = incoming.text.partition(" ")[2].strip()
    staff = commander(incoming)
    if not token and (staff is None or not incoming.text.startswith(texts.CONNECT)):
        return  # a plain /start, or a client's /connect of nothing
    audience = Audience.TEAM_CHAT if intake.chat.is_team else Audience.CLIENT
    queue_deletion(
        intake.chat, audience=audience, message_id=incoming.message_id, said_in=incoming.chat.telegram_id
    )
    if staff is None:
        queue_message(intake.chat, audience=audience, text=texts.only_staff(), topic_id=incoming.topic_id)
        return
    _tell(staff, _connect(token, intake.chat, staff, now) if token else texts.connect_usage())


def _connect(token: str, chat: Chat, staff: User, now: datetime) -> str:
    try:
        connection = services.connect_chat(token, chat, by=staff, now=now)
    except services.ChatConnected:
        return texts.connected_already(chat)
    except tuple(REFUSALS) as refused:
        return REFUSALS[type(refused)]()
    chat = connection.chat
    record(Act.DONE, actor=staff, about=chat, note=texts.audited(str(connection.invitation)), now=now)
    told = (
        texts.connected_unwatched(chat, in_words(connection.obstacles))
        if connection.obstacles
        else texts.connected(chat, _accountants(chat), str(policy_of(chat)))
    )
    inviter = connection.invitation.created_by
    if inviter != staff and inviter.is_reachable:
        _tell(inviter, told)
    return told


def _accountants(chat: Chat) -> str:
    return ", ".join(str(row.user) for row in accountants_of(chat))


def on_connect_in_private(update: Update) -> None:
    """Say that the line belongs into the group; what a client writes goes the way of all."""
    staff = staff_behind(update.effective_user) if update.effective_user else None
    if staff is None:
        on_message(update)
        return
    _tell(staff, texts.not_in_private())


def on_invite(update: Update) -> None:
    """Make an invitation for a client of whom the name is said, and perhaps the accountant (CHT-03)."""
    staff = staff_behind(update.effective_user) if update.effective_user else None
    if update.message is None or staff is None or staff.role not in SERVING_ROLES:
        on_message(update) if staff is None else _tell(staff, texts.not_yours())
        return
    words = (update.message.text or "").partition(" ")[2].split()
    _tell(staff, _invite(staff, words, timezone.now()))


def _invite(staff: User, words: list[str], now: datetime) -> str:
    name = words.pop() if words and words[-1].startswith("@") else ""
    client = " ".join(words)[:NAME_LENGTH]
    if not client:
        return texts.how_to()
    accountant = _accountant(name) if name else None
    if name and accountant is None:
        return texts.unknown_accountant(name)
    invitation = Invitation(client_name=client, accountant=accountant, created_by=staff)
    token = services.create_invitation(invitation, hours=DEFAULT_HOURS, now=now)
    record(Act.ADDED, actor=staff, about=invitation, now=now)
    account = BotAccount.objects.first()
    return texts.made(
        client,
        str(accountant or ""),
        texts.group_link(account.username if account else "", token),
        token,
        timezone.localtime(invitation.expires_at),
    )


def _accountant(name: str) -> User | None:
    people = User.objects.filter(is_active=True).exclude(role=Role.OBSERVER)
    return people.filter(telegram_username__iexact=name[1:]).first() if name[1:] else None


def _tell(staff: User, text: str) -> None:
    queue_message(staff, audience=Audience.STAFF, text=text)
