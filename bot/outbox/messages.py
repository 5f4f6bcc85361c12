"""Queue one message, or a copy of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Now

from bot.keyboards import Keyboard, Menu, menu_markup
from bot.models import OutgoingMessage
from bot.outbox.rows import make_row, store
from bot.payloads import caption as caption_of
from bot.payloads import in_reply_to, said
from buhbot.models import Chat, User

Method = OutgoingMessage.Method
Priority = OutgoingMessage.Priority

GENERAL_TOPIC = 1  # Telegram refuses this id in a call, though it names the topic


def queue_message(
    to: Chat | User,
    *,
    audience: str,
    text: str,
    keyboard: Keyboard = (),
    menu: Menu = (),
    reply_to_message_id: int | None = None,
    topic_id: int = 0,
    priority: int = Priority.REPLY,
    subject: str = "",
    dedupe_key: str | None = None,
    due_at: datetime | None = None,
    wait: timedelta | None = None,
    asks_reply: bool = False,
) -> OutgoingMessage | None:
    """Queue a message of Telegram HTML, in which every inserted value is escaped already (OUT-07).

    Returns None when a row with the dedupe key exists. `due_at` is the instant that the message tells of
    (TIM-02). `menu` stays below a private chat, and leaves no room for buttons (CLI-01). `wait` keeps the message back
    for so long; `asks_reply` lets the person answer it. Raises WrongAudience (OUT-06).
    """
    payload = said(text, keyboard)
    if menu:
        payload["reply_markup"] = menu_markup(menu)
    if asks_reply:
        payload["reply_markup"] = {"force_reply": True}
    payload |= in_reply_to(reply_to_message_id)
    if topic_id not in {0, GENERAL_TOPIC}:
        payload["message_thread_id"] = topic_id
    row = make_row(to, audience=audience, method=Method.SEND, payload=payload, priority=priority)
    row.subject, row.due_at = subject, due_at
    if wait is not None:
        row.not_before = Now() + wait  # on the database's clock, as the sender counts
    return store(row, dedupe_key)


@dataclass(frozen=True, slots=True)
class Source:
    """A message to be copied: Telegram's ids of its chat and of itself."""

    chat_id: int
    message_id: int


def queue_copy(
    to: Chat | User,
    source: Source,
    *,
    audience: str,
    caption: str | None = None,
    reply_to_message_id: int | None = None,
    subject: str = "",
    dedupe_key: str | None = None,
) -> OutgoingMessage | None:
    """Queue a copy of somebody's message, as the bot's own (CLI-10).

    `caption` of Telegram HTML takes the place of the original one. Returns None when a row with the dedupe key exists.
    Raises WrongAudience (OUT-06).
    """
    payload: dict[str, object] = {"from_chat_id": source.chat_id, "message_id": source.message_id}
    if caption is not None:
        payload |= caption_of(caption, ())
    payload |= in_reply_to(reply_to_message_id)
    row = make_row(to, audience=audience, method=Method.COPY, payload=payload, priority=Priority.REPLY)
    row.subject = subject
    return store(row, dedupe_key)
