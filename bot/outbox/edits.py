"""Queue changes of what was said: edits and deletions."""

from bot.keyboards import Keyboard
from bot.models import OutgoingMessage
from bot.outbox.rows import address_of, make_row, store
from bot.payloads import said, said_by
from buhbot.models import Chat, User

Method = OutgoingMessage.Method
Priority = OutgoingMessage.Priority


def queue_edit(
    original: OutgoingMessage, *, text: str, keyboard: Keyboard = (), dedupe_key: str | None
) -> OutgoingMessage | None:
    """Queue a new text (of a copy: caption) and keyboard for a message of ours, whether it was sent already or not.

    It goes where the original went; an older edit that still waits is not made any more. Returns None when
    a row with the dedupe key exists. Raises WrongAudience when the address left its audience (OUT-06).
    """
    return store(edit_of(original, text=text, keyboard=keyboard), dedupe_key)


def edit_of(original: OutgoingMessage, *, text: str, keyboard: Keyboard = ()) -> OutgoingMessage:
    """Return the row of an edit, not stored yet. Raises WrongAudience (OUT-06)."""
    is_copy = original.method == Method.COPY
    row = make_row(
        address_of(original),
        audience=original.audience,
        method=Method.CAPTION if is_copy else Method.EDIT,
        payload=said_by(original, text, keyboard),
        priority=original.priority,
    )
    row.subject, row.edits = original.subject, original
    return row


def rewrite(message: OutgoingMessage, *, text: str, keyboard: Keyboard = ()) -> None:
    """Give a locked message that is still queued another content; the caller stores it."""
    message.payload = said(text, keyboard)


def retell(message: OutgoingMessage, *, text: str, keyboard: Keyboard = ()) -> None:
    """Let a locked message of ours say something else: as it leaves, or by an edit when it has left already.

    One that failed stays as it is. Raises WrongAudience when the address left its audience (OUT-06).
    """
    if message.state == OutgoingMessage.State.QUEUED:
        kept = {key: value for key, value in message.payload.items() if key != "reply_markup"}
        message.payload = kept | said_by(message, text, keyboard)
        message.save(update_fields=["payload"])
    elif message.state in {OutgoingMessage.State.SENDING, OutgoingMessage.State.SENT}:
        last = message.edits_made.order_by("-pk").first() or message
        content = said_by(message, text, keyboard)
        if any(last.payload.get(key) != content.get(key) for key in ("text", "caption", "reply_markup")):
            queue_edit(message, text=text, keyboard=keyboard, dedupe_key=None)


def queue_deletion(
    chat: Chat | User, *, audience: str, message_id: int, said_in: int | None = None
) -> OutgoingMessage:
    """Queue the deletion of a message, ours or not, by Telegram's id. Raises WrongAudience (OUT-06).

    `said_in` is Telegram's id of the chat at the time: in the supergroup that it becomes the id means another message.
    """
    payload: dict[str, object] = {"message_id": message_id}
    row = make_row(chat, audience=audience, method=Method.DELETE, payload=payload, priority=Priority.REPLY)
    row.telegram_chat_id = said_in
    row.save(force_insert=True)
    return row
