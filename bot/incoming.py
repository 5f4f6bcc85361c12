"""From a message of Telegram's to our own dataclass: what it is, who sent it, where, what it replies to (REQ-01)."""

from typing import Any

from telegram import Chat, Message, MessageEntity, PhotoSize, User

from buhbot.rules import IncomingChat, IncomingMessage, IncomingPerson

# In this order: an animation is a document as well, and a venue is a location.
KINDS = (
    "photo",
    "animation",
    "voice",
    "video_note",
    "video",
    "audio",
    "sticker",
    "document",
    "contact",
    "location",
    "poll",
)
OTHER_CONTENT = (
    "checklist",
    "dice",
    "game",
    "giveaway",
    "invoice",
    "live_photo",
    "paid_media",
    "passport_data",
    "story",
)
NAME, SHORT = 255, 64


def read(message: Message) -> IncomingMessage:
    """Read a message, new or edited. Names and file ids are cut to what we keep of them."""
    kind = _kind(message)
    file = _file(message, kind)
    return IncomingMessage(
        chat=_chat(message.chat),
        message_id=message.message_id,
        sent_at=message.date,
        kind=kind,
        person=None if message.from_user is None else _person(message.from_user),
        sender_chat_id=message.sender_chat.id if message.sender_chat else None,
        sender_chat_title=_cut(message.sender_chat.effective_name) if message.sender_chat else "",
        text=message.text or message.caption or "",
        topic_id=_topic(message),
        reply_to_message_id=_reply_to(message),
        edited_at=message.edit_date,
        media_group_id=_cut(message.media_group_id, SHORT),
        file_id=_cut(getattr(file, "file_id", "")),
        file_unique_id=_cut(getattr(file, "file_unique_id", ""), SHORT),
        file_name=_cut(getattr(file, "file_name", "")),
        file_size=getattr(file, "file_size", None),
        mime_type=_cut(getattr(file, "mime_type", "")),
        is_command=_is_command(message),
    )


def _kind(message: Message) -> str:
    if message.text:
        return "text"
    known = next((kind for kind in KINDS if message[kind]), None)
    if known is not None:
        return known
    return "other" if any(message[content] for content in OTHER_CONTENT) else "service"


def _file(message: Message, kind: str) -> Any:
    """Return what Telegram keeps as a file; of a photo the largest size."""
    if kind not in KINDS:
        return None
    if kind == "photo":
        return max(message.photo, key=_pixels)
    return message[kind]


def _pixels(photo: PhotoSize) -> int:
    return photo.width * photo.height


def _chat(chat: Chat) -> IncomingChat:
    return IncomingChat(chat.id, chat.type, _cut(chat.effective_name), _cut(chat.username, SHORT))


def _person(user: User) -> IncomingPerson:
    return IncomingPerson(user.id, _cut(user.full_name), _cut(user.username, SHORT), user.is_bot)


def _topic(message: Message) -> int:
    """Name the forum topic. Replies in plain groups carry a thread id too, which is no topic."""
    return message.message_thread_id or 0 if message.is_topic_message else 0


def _reply_to(message: Message) -> int | None:
    """Name the message that is replied to. In a topic every message "replies" to the one that made the topic."""
    original = message.reply_to_message
    if original is None:
        return None
    is_implied = bool(message.is_topic_message) and original.message_id == message.message_thread_id
    return None if is_implied else original.message_id


def _is_command(message: Message) -> bool:
    entities = message.entities or message.caption_entities
    return any(entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0 for entity in entities)


def _cut(text: str | None, limit: int = NAME) -> str:
    return (text or "")[:limit]
