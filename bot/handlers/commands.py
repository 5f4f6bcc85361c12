"""Commands of staff in a client's chat: /request, /norequest, /wait, /take (REQ-08). Clients are explained nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from telegram import Message as TelegramMessage
from telegram import Update

from bot.handlers.chats import tell_of_new_chat
from bot.incoming import read
from bot.models import OutgoingMessage
from bot.outbox import queue_deletion, queue_message
from bot.texts import orders as texts
from buhbot.models import AuditEntry, Chat, Message, User
from buhbot.rules import IncomingMessage
from buhbot.services.audit import record
from sla import services

Audience = OutgoingMessage.Audience
Order = Callable[[Message, IncomingMessage | None], object]
REFUSALS: dict[type[Exception], Callable[[], str]] = {
    services.NotAllowed: texts.not_allowed,
    services.NoOpenRequest: texts.nothing_open,
    services.NotAClientMessage: texts.no_client_message,
    services.RequestAlreadyOpen: texts.open_already,
    services.TooLateToReopen: texts.too_late,
    services.AlreadyPaused: texts.paused_already,
    services.RequestAlreadyClosed: texts.nothing_open,
}


def on_request(update: Update) -> None:
    """Open a request from the message that is replied to."""
    _obey(update, services.open_by_command)


def on_norequest(update: Update) -> None:
    """Cancel the open request as none."""
    _obey(update, lambda command, _replied: services.cancel_by_command(command))


def on_wait(update: Update) -> None:
    """Pause the open request until the client writes."""
    _obey(update, lambda command, _replied: services.wait_by_command(command))


def on_take(update: Update) -> None:
    """Mark the request as taken into work, which its client sees (CLI-06)."""
    _obey(update, services.take_by_command)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of staff in a client's chat; without a message where the chat is not monitored."""

    staff: User
    chat: Chat
    incoming: IncomingMessage
    message: Message | None

    @property
    def words(self) -> str:
        """What follows the command."""
        return " ".join(self.incoming.text.split()[1:])


def take_command(update: Update) -> Command | None:
    """Log the message, and take it out of the chat if it is a command of staff; None: a client's, or a repeat."""
    if update.message is None:
        return None
    incoming = read(update.message)
    intake = services.register_message(incoming, now=timezone.now())
    tell_of_new_chat(intake.chat, is_new=intake.is_new_chat)
    staff = commander(incoming)
    if staff is None or (intake.message is None and intake.chat.is_monitored):
        return None  # a client's words, or a repeated update
    audience = Audience.TEAM_CHAT if intake.chat.is_team else Audience.CLIENT
    queue_deletion(
        intake.chat, audience=audience, message_id=incoming.message_id, said_in=incoming.chat.telegram_id
    )
    return Command(staff, intake.chat, incoming, intake.message)


def tell_refusal(command: Command, reason: str) -> None:
    """Say in private why a command had no effect."""
    text = texts.refused(command.incoming.text.split()[0], str(command.chat), reason)
    queue_message(command.staff, audience=Audience.STAFF, text=text)


def _obey(update: Update, order: Order) -> None:
    """Carry a command of staff out, and tell refusals in private."""
    command = take_command(update)
    if command is None or update.message is None:
        return
    refusal = _refusal(order, command.message, _replied_to(update.message, command.incoming))
    if refusal:
        tell_refusal(command, refusal)


def commander(incoming: IncomingMessage) -> User | None:
    """Return who of the firm gave the command; None: a client, or somebody who hides behind the chat."""
    if incoming.person is None or incoming.sender_chat_id is not None:
        return None
    return User.objects.filter(telegram_id=incoming.person.telegram_id, is_active=True).first()


def _replied_to(message: TelegramMessage, incoming: IncomingMessage) -> IncomingMessage | None:
    is_reply = message.reply_to_message is not None and incoming.reply_to_message_id is not None
    return read(message.reply_to_message) if is_reply else None  # type: ignore[arg-type]


def _refusal(order: Order, command: Message | None, replied: IncomingMessage | None) -> str:
    """Carry the order out; say why it could not be."""
    if command is None or not command.chat.is_watched:
        return texts.not_watched()
    try:
        order(command, replied)
    except tuple(REFUSALS) as refused:
        if isinstance(refused, services.NotAllowed):
            write_refusal(command)
        return REFUSALS[type(refused)]()
    return ""


def write_refusal(command: Message) -> None:
    """Add to the audit log which command was refused to whom, without what else was written (ADM-10)."""
    order = command.text.split(maxsplit=1)[0]
    record(AuditEntry.Kind.REFUSED, actor=command.staff, about=command.chat, note=order, now=command.sent_at)
