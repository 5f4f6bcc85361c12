"""What people do in messages: write, edit, delete, react, press buttons; each produces its update."""

from __future__ import annotations

from typing import Any

from simulator.content import CAPTIONED, file_content, plain_content, store_upload
from simulator.markup import found_entities
from simulator.state import Query, State
from simulator.world import ANONYMOUS_ADMIN, PRESENT, Chat, Json, NotInWorld, Person

FILE_KINDS = frozenset({"photo", "document", "voice", "video", "video_note", "audio", "sticker", "animation"})


class NotAllowed(Exception):
    """Telegram would not let this person do that here."""


def place_of(state: State, spec: Json) -> tuple[Person, Chat]:
    """Give the person and the chat of an order; a private chat opens with the first message."""
    person = state.world.person(spec["person"])
    if int(spec.get("chat", person.id)) == person.id:
        chat = state.world.open_private_chat(person)
    else:
        chat = state.world.chat(spec["chat"])
    if chat.members.get(person.id) not in PRESENT:
        raise NotAllowed(f"person {person.id} is not in chat {chat.id}")
    if chat.migrated_to:
        raise NotAllowed(f"chat {chat.id} was upgraded to {chat.migrated_to}")
    return person, chat


def send(state: State, spec: Json) -> Json:
    """Send a message as a person; the fields of `spec` are in README.md."""
    person, chat = place_of(state, spec)
    content = _content(state, spec) | _frame(state, chat, spec)
    sender = person.user()
    if spec.get("anonymous"):
        sender = ANONYMOUS_ADMIN
        content["sender_chat"] = state.world.chat_json(chat)
    message = state.world.add_message(chat, sender, _date(state, spec), content)
    chat.read[person.id] = message["message_id"]
    announce(state, chat, person, message)
    return message


def announce(state: State, chat: Chat, person: Person, message: Json, *, kind: str = "message") -> None:
    """Tell the bot of a message, if it would see it."""
    if person.is_bot or not chat.has_bot or (chat.is_private and person.has_blocked):
        return
    if state.world.bot_sees_all(chat) or _is_for_bot(state, message):
        state.delivery.emit(kind, message)


def _is_for_bot(state: State, message: Json) -> bool:
    replied = message.get("reply_to_message", {}).get("from", {}).get("id")
    text = str(message.get("text", message.get("caption", "")))
    is_command = any(entity["type"] == "bot_command" for entity in message.get("entities", []))
    is_service = not any(key in message for key in ("text", "caption", *FILE_KINDS))
    return is_command or is_service or replied == state.world.bot.id or f"@{state.world.bot.username}" in text


def _date(state: State, spec: Json) -> int:
    return int(spec.get("date") or state.now())


def _content(state: State, spec: Json) -> Json:
    kind = spec.get("kind", "text")
    text = spec.get("text", "")
    if kind == "text":
        content = written(text, "text", spec.get("entities"))
    elif kind in FILE_KINDS:
        content = file_content(kind, store_upload(state.world, kind, spec.get("file") or {}), spec)
        if kind in CAPTIONED:
            content |= written(spec.get("caption") or text, "caption", spec.get("entities"))
    else:
        content = {} if kind == "raw" else plain_content(kind, spec)
    return content | (spec.get("fields") or {})


def written(text: str, part: str, entities: list[Json] | None = None) -> Json:
    """Give the fields of a text or a caption with its entities."""
    if not text:
        return {}
    found = found_entities(text) if entities is None else entities
    name = "entities" if part == "text" else "caption_entities"
    return {part: text, name: found} if found else {part: text}


def _frame(state: State, chat: Chat, spec: Json) -> Json:
    frame: Json = {}
    topic = spec.get("topic")
    if topic:
        if topic not in chat.topics:
            raise NotInWorld(f"no topic {topic} in chat {chat.id}")
        frame |= {"message_thread_id": topic, "is_topic_message": True}
    if spec.get("reply_to"):
        replied = chat.message(spec["reply_to"])
        frame["reply_to_message"] = {
            key: value for key, value in replied.items() if key != "reply_to_message"
        }
    if spec.get("album"):
        frame["media_group_id"] = str(spec["album"])
    if spec.get("forward_from"):
        frame["forward_origin"] = _origin(state, spec["forward_from"], _date(state, spec))
    return frame


def _origin(state: State, source: Any, date: int) -> Json:
    if isinstance(source, dict):
        return {"date": date, **source}
    if isinstance(source, str):
        return {"type": "hidden_user", "date": date, "sender_user_name": source}
    return {"type": "user", "date": date, "sender_user": state.world.person(source).user()}


def send_album(state: State, spec: Json) -> list[Json]:
    """Send several files as one album; the caption goes with the first."""
    album = spec.get("album") or str(state.world.next_id())
    base = {key: value for key, value in spec.items() if key not in {"items", "caption", "text"}}
    sent = []
    for number, item in enumerate(spec["items"]):
        caption = {"caption": spec.get("caption", "")} if number == 0 else {}
        sent.append(send(state, {**base, **caption, **item, "album": album}))
    return sent


def edit(state: State, spec: Json) -> Json:
    """Edit the person's own message."""
    person, chat = place_of(state, spec)
    message = chat.message(spec["message_id"])
    if message["from"]["id"] != person.id:
        raise NotAllowed("only one's own message can be edited")
    part = "text" if "text" in message else "caption"
    for name in (part, "entities", "caption_entities"):
        message.pop(name, None)
    message.update(written(spec.get("text") or spec.get("caption") or "", part))
    message["edit_date"] = _date(state, spec)
    state.world.touch()
    announce(state, chat, person, message, kind="edited_message")
    return message


def delete(state: State, spec: Json) -> bool:
    """Delete a message; Telegram does not tell bots."""
    _, chat = place_of(state, spec)
    chat.message(spec["message_id"])
    del chat.messages[spec["message_id"]]
    state.world.touch()
    return True


def react(state: State, spec: Json) -> Json:
    """Set or (with an empty emoji) take back a reaction; a bot in a group hears of it as an administrator."""
    person, chat = place_of(state, spec)
    chat.message(spec["message_id"])
    reactions = chat.reactions.setdefault(spec["message_id"], {})
    old = reactions.pop(person.id, "")
    new = spec.get("emoji", "")
    if new:
        reactions[person.id] = new
    state.world.touch()
    change = {
        "chat": state.world.chat_json(chat),
        "message_id": spec["message_id"],
        "user": person.user(),
        "date": _date(state, spec),
        "old_reaction": [{"type": "emoji", "emoji": old}] if old else [],
        "new_reaction": [{"type": "emoji", "emoji": new}] if new else [],
    }
    if chat.is_private or chat.bot_status == "administrator":
        state.delivery.emit("message_reaction", change)
    return change


def find_button(message: Json, spec: Json) -> Json:
    """Give the button by its `data`, its `text` (or the beginning of it), or its `index`."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons: list[Json] = [button for row in rows for button in row]
    if "index" in spec:
        buttons = buttons[int(spec["index"]) :]
    if "data" in spec:
        buttons = [button for button in buttons if button.get("callback_data") == spec["data"]]
    if "text" in spec:
        exact = [button for button in buttons if button["text"] == spec["text"]]
        buttons = exact or [button for button in buttons if spec["text"] in button["text"]]
    if not buttons:
        raise NotInWorld(f"no such button under message {message['message_id']}")
    return buttons[0]


def press(state: State, spec: Json) -> tuple[Json, Query | None]:
    """Press an inline button; the query is None for a button that opens a link."""
    person, chat = place_of(state, spec)
    message = chat.message(spec["message_id"])
    if spec.get("force"):  # a hostile client sends data of its own
        button: Json = {"text": "?", "callback_data": spec["data"]}
    else:
        button = find_button(message, spec)
    if "callback_data" not in button:
        return button, None
    query_id, query = state.ask()
    call = {"id": query_id, "from": person.user(), "message": message, "data": button["callback_data"]}
    state.delivery.emit("callback_query", {**call, "chat_instance": str(-7_000_000_000 - chat.id)})
    return button, query


def ask_inline(state: State, spec: Json) -> Query:
    """Type @bot and a query."""
    person, chat = place_of(state, spec)
    query_id, query = state.ask()
    kind = "sender" if chat.is_private else chat.type
    call = {
        "id": query_id,
        "from": person.user(),
        "query": spec.get("query", ""),
        "offset": spec.get("offset", ""),
    }
    state.delivery.emit("inline_query", {**call, "chat_type": kind})
    return query


def choose_inline(state: State, spec: Json) -> Json:
    """Choose a result: its text goes into the chat `via_bot`, the bot hears of the choice."""
    person, chat = place_of(state, spec)
    result = spec["result"]
    text = result.get("input_message_content", {}).get("message_text", result.get("title", ""))
    chosen = {"result_id": result["id"], "from": person.user(), "query": spec.get("query", "")}
    content = {**written(text, "text"), "via_bot": state.world.bot.user()}
    message = state.world.add_message(chat, person.user(), _date(state, spec), content)
    announce(state, chat, person, message)
    state.delivery.emit("chosen_inline_result", chosen)
    return message
