"""Who is where: people and the bot come and go, start and block, groups are upgraded and renamed."""

from __future__ import annotations

from typing import Any

from simulator.actions import NotAllowed, announce, place_of, send
from simulator.state import State
from simulator.world import PRESENT, Chat, Json, Person

BOT = "bot"


def add_person(state: State, spec: Json) -> Person:
    """Make a person from the fields of Person; `started` opens the private chat without an update."""
    known = {"last_name", "username", "language_code", "side", "is_bot"}
    fields = {key: value for key, value in spec.items() if key in known and value is not None}
    name = spec.get("first_name", "Клиент")
    return state.world.add_person(
        name, person_id=spec.get("id"), is_started=bool(spec.get("started")), **fields
    )


def add_chat(state: State, spec: Json) -> Chat:
    """Make a group; the bot comes in last, by the hand of the creator."""
    kind = spec.get("type", "supergroup")
    is_forum = kind == "forum" or bool(spec.get("is_forum"))
    chat = state.world.add_chat(
        "supergroup" if is_forum else kind, spec["title"], chat_id=spec.get("id"), is_forum=is_forum
    )
    chat.has_privacy = spec.get("privacy")
    for person_id in spec.get("members", []):
        chat.members[state.world.person(person_id).id] = "member"
    for person_id in spec.get("admins", []):
        chat.members[state.world.person(person_id).id] = "administrator"
    creator = spec.get("creator") or next(iter(chat.members), None)
    if creator is not None:
        chat.members[state.world.person(creator).id] = "creator"
    for title in spec.get("topics", []):
        add_topic(state, chat, {"name": title})
    status = spec.get("bot", "member")
    if status in PRESENT and spec.get("quiet"):
        chat.bot_status = status
    elif status in PRESENT:
        set_bot_status(state, chat, {"by": creator, "status": status, "date": spec.get("date")})
    return chat


def add_topic(state: State, chat: Chat, spec: Json) -> Json:
    """Make a topic of a forum; its id is the id of the service message that opens it."""
    chat.is_forum = True
    author = state.world.person(next(iter(chat.members))) if chat.members else None
    sender = author.user() if author else state.world.bot.user()
    topic_id = chat.next_message_id
    chat.topics[topic_id] = spec["name"]
    content = {"forum_topic_created": {"name": spec["name"], "icon_color": 7322096}}
    frame = {"message_thread_id": topic_id, "is_topic_message": True}
    state.world.add_message(chat, sender, int(state.now()), {**content, **frame})
    return {"topic": topic_id, "name": spec["name"]}


def _actor(state: State, chat: Chat, spec: Json) -> Person:
    chosen = spec.get("by") or next(iter(chat.members), None)
    return state.world.bot if chosen is None else state.world.person(chosen)


def _date(state: State, spec: Json) -> int:
    return int(spec.get("date") or state.now())


def _change(state: State, chat: Chat, actor: Person, user: Json, old: str, new: str, date: int) -> Json:
    return {
        "chat": state.world.chat_json(chat),
        "from": actor.user(),
        "date": date,
        "old_chat_member": state.world.member_json(user, old or "left"),
        "new_chat_member": state.world.member_json(user, new),
    }


def set_bot_status(state: State, chat: Chat, spec: Json) -> None:
    """Add, promote, remove or kick the bot: my_chat_member, and the service message when it comes."""
    actor = _actor(state, chat, spec)
    old, new = chat.bot_status, spec.get("status", "member")
    date = _date(state, spec)
    bot = state.world.bot.user()
    chat.bot_status = new
    state.delivery.emit("my_chat_member", _change(state, chat, actor, bot, old, new, date))
    if new in PRESENT and old not in PRESENT:
        content = {"new_chat_members": [bot], "new_chat_member": bot, "new_chat_participant": bot}
        state.delivery.emit("message", state.world.add_message(chat, actor.user(), date, content))
    elif new not in PRESENT and old in PRESENT:
        state.world.add_message(chat, actor.user(), date, {"left_chat_member": bot})
    state.world.touch()


def set_member(state: State, chat: Chat, spec: Json) -> None:
    """Bring a person (or "bot") to a status: member, administrator, creator, restricted, left, kicked."""
    if spec["person"] in {BOT, state.world.bot.id}:
        set_bot_status(state, chat, spec)
        return
    person = state.world.person(spec["person"])
    old, new = chat.members.get(person.id, "left"), spec.get("status", "member")
    actor = state.world.person(spec["by"]) if spec.get("by") else person
    date = _date(state, spec)
    chat.members[person.id] = new
    user = person.user()
    if chat.bot_status == "administrator":
        state.delivery.emit("chat_member", _change(state, chat, actor, user, old, new, date))
    if (old in PRESENT) != (new in PRESENT):
        came = {"new_chat_members": [user], "new_chat_member": user, "new_chat_participant": user}
        gone = {"left_chat_member": user, "left_chat_participant": user}
        message = state.world.add_message(chat, actor.user(), date, came if new in PRESENT else gone)
        announce(state, chat, actor, message)
    state.world.touch()


def rename(state: State, chat: Chat, spec: Json) -> Json:
    actor = _actor(state, chat, spec)
    chat.title = spec["title"]
    message = state.world.add_message(chat, actor.user(), _date(state, spec), {"new_chat_title": chat.title})
    announce(state, chat, actor, message)
    return message


def migrate(state: State, chat: Chat, spec: Json) -> Chat:
    """Upgrade a group to a supergroup ; with `membership` the bot sees itself leave and come."""
    if chat.type != "group" or chat.migrated_to:
        raise NotAllowed(f"chat {chat.id} is not a group")
    actor = _actor(state, chat, spec)
    date = _date(state, spec)
    new = state.world.add_chat("supergroup", chat.title, chat_id=spec.get("id"), members=dict(chat.members))
    new.has_privacy = chat.has_privacy
    new.bot_status = chat.bot_status
    old_message = state.world.add_message(chat, actor.user(), date, {"migrate_to_chat_id": new.id})
    new_message = state.world.add_message(new, actor.user(), date, {"migrate_from_chat_id": chat.id})
    chat.migrated_to = new.id
    if chat.has_bot:
        if spec.get("membership"):
            bot = state.world.bot.user()
            state.delivery.emit(
                "my_chat_member", _change(state, chat, actor, bot, chat.bot_status, "left", date)
            )
            state.delivery.emit(
                "my_chat_member", _change(state, new, actor, bot, "left", new.bot_status, date)
            )
        state.delivery.emit("message", old_message)
        state.delivery.emit("message", new_message)
    return new


def start(state: State, spec: Json) -> Json:
    """Press Start in private; a deep link brings its payload."""
    person = state.world.person(spec["person"])
    if person.has_blocked:
        set_block(state, spec, is_blocked=False)
    state.world.open_private_chat(person)
    payload = spec.get("payload", "")
    return send(state, {**spec, "chat": person.id, "text": f"/start {payload}".strip()})


def start_group(state: State, spec: Json) -> Json:
    """Add the bot to a group by a ?startgroup= link: it joins and gets /start@bot with the payload."""
    person, chat = place_of(state, spec)
    if not chat.has_bot:
        set_bot_status(
            state, chat, {"by": person.id, "status": spec.get("status", "member"), "date": spec.get("date")}
        )
    payload = spec.get("payload", "")
    return send(state, {**spec, "text": f"/start@{state.world.bot.username} {payload}".strip()})


def set_block(state: State, spec: Json, *, is_blocked: bool) -> None:
    """Block or unblock the bot: my_chat_member of the private chat."""
    person = state.world.person(spec["person"])
    chat = state.world.open_private_chat(person)
    if person.has_blocked == is_blocked:
        return
    person.has_blocked = is_blocked
    old, new = ("member", "kicked") if is_blocked else ("kicked", "member")
    bot: dict[str, Any] = state.world.bot.user()
    state.delivery.emit("my_chat_member", _change(state, chat, person, bot, old, new, _date(state, spec)))
    state.world.touch()


def deactivate(state: State, spec: Json) -> None:
    state.world.person(spec["person"]).is_deactivated = bool(spec.get("deactivated", True))
    state.world.touch()
