"""What the control API shows of people, chats and messages."""

from __future__ import annotations

from dataclasses import asdict

from simulator.state import State
from simulator.world import PRESENT, Chat, Json, NotInWorld, Person


def person_row(person: Person) -> Json:
    return {**asdict(person), "name": person.name}


def sender_name(message: Json) -> str:
    if "sender_chat" in message:
        return str(message["sender_chat"].get("title", ""))
    author = message["from"]
    return f"{author['first_name']} {author.get('last_name', '')}".strip()


def chat_row(state: State, chat: Chat) -> Json:
    title = state.world.bot.first_name if chat.is_private else chat.title
    return {
        "id": chat.id,
        "type": chat.type,
        "title": title,
        "is_forum": chat.is_forum,
        "topics": {str(topic): name for topic, name in chat.topics.items()},
        "bot_status": chat.bot_status,
        "privacy": chat.has_privacy,
        "migrated_to": chat.migrated_to,
        "members": {str(person_id): status for person_id, status in chat.members.items()},
        "message_count": len(chat.messages),
        "last_message_id": chat.next_message_id - 1,
    }


def overview(state: State, spec: Json) -> Json:
    """Give all the page needs besides messages; the chats as `person` sees them."""
    world = state.world
    person_id = int(spec.get("person") or 0)
    unread: dict[str, int] = {}
    rows = []
    for chat in world.chats.values():
        if chat.migrated_to:
            continue
        for member, status in chat.members.items():
            if status in PRESENT:
                unread[str(member)] = unread.get(str(member), 0) + _unread(chat, member)
        if chat.members.get(person_id) in PRESENT:
            rows.append(_person_chat_row(state, chat, person_id))
    persons = [person_row(person) for person in world.persons.values()]
    return {
        "version": world.version,
        "bot": world.bot.user(),
        "persons": persons,
        "unread": unread,
        "chats": sorted(rows, key=lambda row: (row["last"] or {}).get("date", 0), reverse=True),
    }


def _unread(chat: Chat, person_id: int) -> int:
    read = chat.read.get(person_id, 0)
    if chat.next_message_id - 1 <= read:
        return 0
    return sum(
        key > read and chat.messages[key]["from"]["id"] != person_id for key in reversed(chat.messages)
    )


def _person_chat_row(state: State, chat: Chat, person_id: int) -> Json:
    last = chat.messages[next(reversed(chat.messages))] if chat.messages else None
    preview = {**last, "sender_name": sender_name(last)} if last else None
    names = {str(key): _name(state, key) for key in chat.members}
    about = {"unread": _unread(chat, person_id), "keyboard": chat.keyboard, "names": names, "last": preview}
    return {**chat_row(state, chat), **about}


def _name(state: State, person_id: int) -> str:
    person = state.world.persons.get(person_id)
    return person.name if person else str(person_id)


def messages_of(state: State, spec: Json) -> Json | list[Json]:
    """Give the messages of a chat after `after`, oldest first, with reactions and the name of the sender."""
    chat = state.world.chats.get(int(spec["chat"]))
    if chat is None:
        raise NotInWorld(f"no chat {spec['chat']}")
    after = int(spec.get("after", 0))
    limit = int(spec.get("limit", 0))
    found = [_message_row(chat, message) for key, message in chat.messages.items() if key > after]
    return found[-limit:] if limit else found


def _message_row(chat: Chat, message: Json) -> Json:
    reactions = chat.reactions.get(message["message_id"])
    return {**message, "sender_name": sender_name(message), "reactions": list((reactions or {}).values())}
