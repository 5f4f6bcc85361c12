"""People, chats, messages and files of the simulated Telegram; nothing of the network and no clock."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

ANONYMOUS_ADMIN: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
PRESENT = frozenset({"creator", "administrator", "member", "restricted"})
SUPERGROUP_OFFSET = -1_000_000_000_000
ADMIN_RIGHTS = [
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
    "can_pin_messages",
]
RESTRICTED_RIGHTS = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_edit_tag",
]


class NotInWorld(Exception):
    """A person, chat, message or file that does not exist was named."""


@dataclass
class Person:
    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "ru"
    side: str = "client"
    is_bot: bool = False
    is_started: bool = False
    has_blocked: bool = False
    is_deactivated: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def user(self) -> Json:
        optional = {
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        filled = {key: value for key, value in optional.items() if value}
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name, **filled}


@dataclass
class Chat:
    id: int
    type: str
    title: str = ""
    members: dict[int, str] = field(default_factory=dict)
    bot_status: str = ""  # empty: the bot has never been here
    is_forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)
    has_privacy: bool | None = None  # None: what the bot's own setting says
    migrated_to: int | None = None
    next_message_id: int = 1
    messages: dict[int, Json] = field(default_factory=dict)
    reactions: dict[int, dict[int, str]] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)
    keyboard: Json | None = None

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    @property
    def has_bot(self) -> bool:
        return self.is_private or self.bot_status in PRESENT

    def message(self, message_id: int) -> Json:
        try:
            return self.messages[message_id]
        except KeyError as error:
            raise NotInWorld(f"no message {message_id} in chat {self.id}") from error


@dataclass
class StoredFile:
    file_id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    size: int
    data: bytes | None = None  # None: only the size was declared

    def reference(self) -> Json:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size}

    def content(self) -> bytes:
        return b"\0" * self.size if self.data is None else self.data


class World:
    """Everything that exists; `version` grows with every change that the page should show."""

    def __init__(self, bot: Person) -> None:
        self.bot = bot
        self.reads_all_messages = True
        self.persons: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.version = 1
        self.last_id = 0

    def touch(self) -> None:
        self.version += 1

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def person(self, person_id: int) -> Person:
        try:
            return self.persons[int(person_id)]
        except KeyError as error:
            raise NotInWorld(f"no person {person_id}") from error

    def chat(self, chat_id: int) -> Chat:
        try:
            return self.chats[int(chat_id)]
        except KeyError as error:
            raise NotInWorld(f"no chat {chat_id}") from error

    def add_person(self, first_name: str, *, person_id: int | None = None, **fields: Any) -> Person:
        chosen = person_id or self._free_id(self.persons, start=1001)
        person = Person(id=chosen, first_name=first_name, **fields)
        self.persons[person.id] = person
        if person.is_started:
            self.open_private_chat(person)
        self.touch()
        return person

    def open_private_chat(self, person: Person) -> Chat:
        """The private chat of a person with the bot has the person's id."""
        person.is_started = True
        chat = self.chats.get(person.id)
        if chat is None:
            chat = Chat(id=person.id, type="private", members={person.id: "member"}, bot_status="member")
            self.chats[person.id] = chat
            self.touch()
        return chat

    def add_chat(self, chat_type: str, title: str, *, chat_id: int | None = None, **fields: Any) -> Chat:
        if chat_id is None:
            base = SUPERGROUP_OFFSET if chat_type == "supergroup" else 0
            chat_id = base - self._free_id({base - key for key in self.chats}, start=2001)
        chat = Chat(id=chat_id, type=chat_type, title=title, **fields)
        self.chats[chat.id] = chat
        self.touch()
        return chat

    def add_file(
        self, kind: str, name: str, mime_type: str, data: bytes | None, *, size: int = 0
    ) -> StoredFile:
        number = self.next_id()
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        stored = StoredFile(
            file_id=f"SimFile-{kind}-{number}",
            unique_id=f"SimUnique{number}",
            path=f"{kind}s/file_{number}.{suffix}",
            name=name,
            mime_type=mime_type,
            size=size if data is None else len(data),
            data=data,
        )
        self.files[stored.file_id] = stored
        return stored

    def file_at(self, path: str) -> StoredFile:
        found = next((stored for stored in self.files.values() if stored.path == path), None)
        if found is None:
            raise NotInWorld(f"no file at {path}")
        return found

    def chat_json(self, chat: Chat) -> Json:
        if chat.is_private:
            user = self.person(chat.id).user()
            names = {key: user[key] for key in ("first_name", "last_name", "username") if key in user}
            return {"id": chat.id, "type": "private", **names}
        forum = {"is_forum": True} if chat.is_forum else {}
        return {"id": chat.id, "type": chat.type, "title": chat.title, **forum}

    def add_message(self, chat: Chat, sender: Json, date: int, content: Json) -> Json:
        message = {
            "message_id": chat.next_message_id,
            "from": sender,
            "chat": self.chat_json(chat),
            "date": date,
            **content,
        }
        chat.messages[chat.next_message_id] = message
        chat.next_message_id += 1
        self.touch()
        return message

    def bot_sees_all(self, chat: Chat) -> bool:
        """Privacy mode hides ordinary messages of a group from a bot that is no administrator."""
        if chat.is_private or chat.bot_status == "administrator":
            return True
        return self.reads_all_messages if chat.has_privacy is None else not chat.has_privacy

    def member_json(self, user: Json, status: str) -> Json:
        member: Json = {"user": user, "status": status}
        if status == "creator":
            member["is_anonymous"] = False
        if status == "administrator":
            member |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(ADMIN_RIGHTS, True)
        if status == "restricted":
            member |= {"is_member": True, "until_date": 0} | dict.fromkeys(RESTRICTED_RIGHTS, True)
        if status == "kicked":
            member["until_date"] = 0
        return member

    @staticmethod
    def _free_id(taken: Any, *, start: int) -> int:
        return next(number for number in itertools.count(start + len(taken)) if number not in taken)
