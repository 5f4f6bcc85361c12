"""`/status`: a client's open requests with number, state and due (CLI-06); `/take 1042` of staff in private."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone
from telegram import Update

from bot.handlers import desk
from bot.handlers.chats import tell_of_new_chat
from bot.handlers.clients import on_message
from bot.handlers.commands import commander
from bot.handlers.staff import asked_about, no_answer, staff_behind
from bot.incoming import read
from bot.models import OutgoingMessage
from bot.outbox import queue_deletion, queue_message
from bot.texts import clients as texts
from bot.texts import orders
from bot.texts import requests as numbers
from buhbot.models import Chat, Role, User
from buhbot.rules import IncomingChat, IncomingMessage
from buhbot.selectors import chats_of_client, visible_chats
from buhbot.services.chats import register_chat
from buhbot.services.people import mark_person_reachable
from sla import services
from sla.clients import open_requests_of
from sla.models import Request

Audience = OutgoingMessage.Audience
EVERYBODY = 0  # who reads in a group


def on_status(update: Update) -> None:
    """List the open requests of the group, whose members read all of it; staff get the list in private."""
    if update.message is None:
        return
    now, incoming = timezone.now(), read(update.message)
    intake = services.register_message(incoming, now=now)
    tell_of_new_chat(intake.chat, is_new=intake.is_new_chat)
    staff = commander(incoming)
    if staff is not None:
        _tell_staff(staff, intake.chat, incoming, now)
    elif _is_client(incoming) and not intake.chat.is_team:
        queue_message(
            intake.chat,
            audience=Audience.CLIENT,
            text=_of_chat(intake.chat, now, reader=EVERYBODY),
            reply_to_message_id=incoming.message_id,
            topic_id=incoming.topic_id,
        )


def _is_client(incoming: IncomingMessage) -> bool:
    """A person, or the group itself, which hides one of its administrators; no channel and no other bot."""
    if incoming.sender_chat_id is not None:
        return incoming.sender_chat_id == incoming.chat.telegram_id
    return incoming.person is not None and not incoming.person.is_bot


def _tell_staff(staff: User, chat: Chat, incoming: IncomingMessage, now: datetime) -> None:
    """Take the command out of the client's chat, and answer in private (REQ-08)."""
    audience = Audience.TEAM_CHAT if chat.is_team else Audience.CLIENT
    queue_deletion(chat, audience=audience, message_id=incoming.message_id, said_in=incoming.chat.telegram_id)
    is_visible = staff.role != Role.OBSERVER and visible_chats(staff).filter(pk=chat.pk).exists()
    text = (
        _of_chat(chat, now, reader=None, names_chats=True)
        if is_visible
        else orders.refused(incoming.text.split()[0], str(chat), orders.not_allowed())
    )
    queue_message(staff, audience=Audience.STAFF, text=text)


def _of_chat(chat: Chat, now: datetime, *, reader: int | None, names_chats: bool = False) -> str:
    if not chat.is_watched:
        return texts.not_counted()
    return _listed([chat], now, reader=reader, names_chats=names_chats)


def _listed(chats: Collection[Chat], now: datetime, *, reader: int | None, names_chats: bool) -> str:
    waiting = open_requests_of(chats)
    rows = [_asked(request, reader) for request in waiting[: texts.SHOWN]]
    return texts.status(rows, waiting.count(), now=now, names_chats=names_chats)


def _asked(request: Request, reader: int | None) -> texts.Asked:
    """What the client may know: the title of their own group, not what the firm calls them.

    What was written in private is quoted to who wrote it and to staff, for whom `reader` is None (CLI-10).
    """
    first = request.opened_by
    is_secret = first.is_private and reader not in {None, first.sender_id}
    return texts.Asked(
        number=request.pk,
        chat=request.chat.title,
        text=texts.in_private() if is_secret else request.text or first.get_kind_display(),
        due_at=request.due_at,
        zone=request.calendar_version.time_zone,
        is_taken=request.acknowledged_at is not None,
        is_paused=request.paused_at is not None,
    )


def on_status_in_private(update: Update) -> None:
    """List the open requests of the client's groups; to staff, who waits for them."""
    message, person = update.message, update.effective_user
    if message is None or person is None:
        return
    if staff_behind(person) is not None:
        desk.on_queue(update)
        return
    now = timezone.now()
    chats = chats_of_client(person.id)
    text = _listed(chats, now, reader=person.id, names_chats=True) if chats else texts.no_chats()
    private = IncomingChat(message.chat.id, Chat.Kind.PRIVATE, person.full_name, person.username or "")
    queue_message(register_chat(private, now=now)[0], audience=Audience.CLIENT, text=text)


def on_take_in_private(update: Update) -> None:
    """Let staff take the request of the number, or of the alert replied to; what a client writes goes its way."""
    message, person = update.message, update.effective_user
    staff = staff_behind(person) if person else None
    if message is None or staff is None:
        on_message(update)
        return
    mark_person_reachable(staff)
    request = asked_about(message, staff)
    text = _taken(request, staff) if request else no_answer(message, usage=numbers.take_usage())
    queue_message(staff, audience=Audience.STAFF, text=text)


def _taken(request: Request, staff: User) -> str:
    """Take the request; say what became of it."""
    now = timezone.now()
    try:
        services.acknowledge(request.pk, actor=staff, now=now)
    except services.NotAllowed:
        services.record_refusal(request.pk, actor=staff, now=now)
        return orders.not_allowed()
    except services.RequestAlreadyClosed:
        return numbers.ended(str(request), request.get_state_display())
    return numbers.taken(str(request), str(request.chat))
