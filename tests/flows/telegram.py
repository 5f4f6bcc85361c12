"""Updates as Telegram sends them, made from a few words."""

from datetime import datetime
from itertools import count
from typing import Any

Json = dict[str, Any]
FIRST_MESSAGE = 5_000_000  # far from the keys of rows, and from the numbers that tests write out
_updates = count(500_000_000)


class _Numbers:
    messages = count(FIRST_MESSAGE)


GROUP_ANONYMOUS_BOT = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
VOICE = {"voice": {"file_id": "v1", "file_unique_id": "uv1", "duration": 3}}
VIDEO_NOTE = {"video_note": {"file_id": "n1", "file_unique_id": "un1", "length": 240, "duration": 3}}
PHOTO = {"photo": [{"file_id": "p1", "file_unique_id": "up1", "width": 90, "height": 90}]}
DOCUMENT: Json = {"document": {"file_id": "d1", "file_unique_id": "ud1", "file_name": "акт.pdf"}}
STICKER = {
    "sticker": {
        "file_id": "s1",
        "file_unique_id": "us1",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    }
}


def begin() -> None:
    """Number messages from the start, so that no test depends on how many ran before it."""
    _Numbers.messages = count(FIRST_MESSAGE)


def group(chat_id: int, title: str = "ООО «Ромашка»", kind: str = "supergroup") -> Json:
    return {"id": chat_id, "type": kind, "title": title}


def private(person_id: int, name: str = "Дарья") -> Json:
    return {"id": person_id, "type": "private", "first_name": name}


def person(person_id: int, name: str = "Дарья", *, is_bot: bool = False) -> Json:
    return {"id": person_id, "is_bot": is_bot, "first_name": name}


def update(**content: Any) -> Json:
    return {"update_id": next(_updates), **content}


def message(
    chat: Json,
    sender: Json | None,
    at: datetime,
    text: str = "",
    *,
    message_id: int | None = None,
    **fields: Any,
) -> Json:
    """A message; a text that starts with a slash is a command, as Telegram marks it."""
    made: Json = {
        "message_id": message_id or next(_Numbers.messages),
        "date": int(at.timestamp()),
        "chat": chat,
        **fields,
    }
    if sender:
        made["from"] = sender
    if text:
        made["text"] = text
    if text.startswith("/"):
        length = len(text.split()[0])
        made["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return made


def membership(chat: Json, by: Json, bot: Json, status: str, at: datetime) -> Json:
    """The bot's own membership changes: member, administrator, left, kicked."""
    extra = {"until_date": 0} if status == "kicked" else {}
    old = {"user": bot, "status": "left" if status in {"member", "administrator"} else "member"}
    if status == "administrator":
        rights = [
            "can_be_edited",
            "is_anonymous",
            "can_manage_chat",
            "can_delete_messages",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
        ]
        extra = {right: False for right in rights}
    new = {"user": bot, "status": status, **extra}
    return {
        "chat": chat,
        "from": by,
        "date": int(at.timestamp()),
        "old_chat_member": old,
        "new_chat_member": new,
    }
