"""Keep the log of what was said (REQ-01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from buhbot.models import Chat, Message, MessageRevision
from buhbot.rules import IncomingMessage, speaker


def log_message(
    incoming: IncomingMessage, *, chat: Chat, staff_id: int | None, private_with: int | None = None
) -> Message:
    """Log a message of the chat that is not logged yet (REQ-01).

    `private_with` is the client with whom it was said to the bot in private (CLI-10).
    """
    person = incoming.person
    return Message.objects.create(
        chat=chat,
        telegram_chat_id=incoming.chat.telegram_id,
        telegram_message_id=incoming.message_id,
        topic_id=incoming.topic_id,
        kind=incoming.kind,
        text=incoming.text,
        sender=speaker(incoming, is_staff=staff_id is not None),
        sender_id=person.telegram_id if person else incoming.sender_chat_id,
        sender_name=(incoming.sender_chat_title or (person.name if person else ""))[:255],
        staff_id=staff_id,
        private_with=private_with,
        sent_at=incoming.sent_at,
        edited_at=incoming.edited_at,
        reply_to_message_id=incoming.reply_to_message_id,
        media_group_id=incoming.media_group_id,
        file_id=incoming.file_id[:255],
        file_unique_id=incoming.file_unique_id[:64],
        file_name=incoming.file_name[:255],
    )


@dataclass(frozen=True, slots=True)
class BotMessage:
    """What the bot itself said in a client's chat; `sent_at` is Telegram's date, `topic_id` 0 means none.

    `reply_to` is the number of the message there that it answers.
    """

    chat: Chat
    telegram_message_id: int
    text: str
    sent_at: datetime
    topic_id: int = 0
    reply_to: int | None = None


def log_bot_messages(said: Sequence[BotMessage]) -> None:
    """Log what the bot said, in one statement; Telegram does not tell a bot of its own messages (REQ-01).

    What answers a client's private message is logged where that one is, in the chat that they meant (CLI-10).
    """
    meant = _chats_meant([one for one in said if one.reply_to and one.chat.kind == Chat.Kind.PRIVATE])
    Message.objects.bulk_create([_of_bot(one, meant) for one in said], ignore_conflicts=True)


def _chats_meant(said: Sequence[BotMessage]) -> dict[tuple[int, int], int]:
    """Return the keys of the clients' chats by private chat and number of the message that is answered there."""
    if not said:
        return {}
    asked = Message.objects.filter(
        private_with__isnull=False,
        telegram_chat_id__in={one.chat.telegram_id for one in said},
        telegram_message_id__in={one.reply_to for one in said},
    )
    rows = asked.values_list("telegram_chat_id", "telegram_message_id", "chat_id")
    return {(place, number): chat for place, number, chat in rows}


def _of_bot(said: BotMessage, meant: dict[tuple[int, int], int]) -> Message:
    chat = meant.get((said.chat.telegram_id, said.reply_to or 0))
    return Message(
        chat_id=chat or said.chat.pk,
        private_with=said.chat.telegram_id if chat else None,
        telegram_chat_id=said.chat.telegram_id,
        telegram_message_id=said.telegram_message_id,
        kind=Message.Kind.TEXT,
        text=said.text,
        sender=Message.Sender.BOT,
        sent_at=said.sent_at,
        topic_id=said.topic_id,
    )


@transaction.atomic
def say_instead(command: Message, text: str) -> None:
    """Log a command of staff as what it made the bot say for them; the command stays as the first revision."""
    MessageRevision.objects.create(message=command, text=command.text, replaced_at=command.sent_at)
    command.text = text
    command.save(update_fields=["text"])


@transaction.atomic
def say_nothing(command: Message) -> None:
    """Log the command as it was written, as what it made the bot say could not be sent."""
    written = command.revisions.order_by("pk").first()
    if written is not None:
        command.text = written.text
        command.save(update_fields=["text"])


@transaction.atomic
def record_edit(incoming: IncomingMessage) -> Message | None:
    """Keep the text before an edit as a revision and log the new one (REQ-01).

    Returns the message, or None when it is unknown, a later edit is known already, or its client was erased (SEC-14).
    """
    message = (
        Message.objects.select_for_update()
        .filter(telegram_chat_id=incoming.chat.telegram_id, telegram_message_id=incoming.message_id)
        .first()
    )
    edited_at = incoming.edited_at or incoming.sent_at
    if message is None or message.erased_at is not None:
        return None
    if message.edited_at is not None and message.edited_at >= edited_at:
        return None
    if message.text != incoming.text:
        MessageRevision.objects.create(message=message, text=message.text, replaced_at=edited_at)
    message.text, message.kind, message.edited_at = incoming.text, incoming.kind, edited_at
    message.file_id, message.file_unique_id = incoming.file_id[:255], incoming.file_unique_id[:64]
    message.file_name = incoming.file_name[:255]
    message.save(update_fields=["text", "kind", "edited_at", "file_id", "file_unique_id", "file_name"])
    return message


def record_first_text(message: Message, text: str) -> None:
    """Keep what a message said before an edit that came first (REQ-01)."""
    MessageRevision.objects.create(
        message=message, text=text, replaced_at=message.edited_at or message.sent_at
    )


def note_undelivered(message: Message) -> None:
    """Note of an answer of staff that the client never read it: so it counts as said by nobody (CLI-10)."""
    message.sender = Message.Sender.UNDELIVERED
    message.save(update_fields=["sender"])
