"""Methods of the Bot API that send, change and delete messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.content import CAPTIONED, file_content
from simulator.markup import BadMarkup, check_inline_keyboard, formatted
from simulator.params import ApiError, Params, bad_request
from simulator.state import State
from simulator.world import Chat, Json, StoredFile

MAX_TEXT = 4096
MAX_CAPTION = 1024
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
DELETE_WITHIN_SECONDS = 48 * 3600


def chat_of(state: State, params: Params, name: str = "chat_id") -> Chat:
    """Give the chat that a call names, if the bot may act there. Raises ApiError as Telegram does."""
    given = params.text(name)
    if not given:
        raise bad_request(f"{name} is empty")
    chat = state.world.chats.get(_chat_id(given))
    if chat is None:
        person = state.world.persons.get(_chat_id(given))
        if person is None or person.is_bot:
            raise bad_request("chat not found")
        if person.is_deactivated:
            raise ApiError(403, "Forbidden: user is deactivated")
        raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
    if chat.migrated_to:
        raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
    _check_access(state, chat)
    return chat


def _chat_id(given: str) -> int:
    try:
        return int(given)
    except ValueError as error:
        raise bad_request("chat not found") from error


def _check_access(state: State, chat: Chat) -> None:
    if chat.is_private:
        person = state.world.person(chat.id)
        if person.is_deactivated:
            raise ApiError(403, "Forbidden: user is deactivated")
        if person.has_blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return
    kind = f"{chat.type} chat"
    if chat.bot_status == "kicked":
        raise ApiError(403, f"Forbidden: bot was kicked from the {kind}")
    if chat.bot_status == "left":
        raise ApiError(403, f"Forbidden: bot is not a member of the {kind}")
    if not chat.bot_status:
        raise bad_request("chat not found")


def _text(params: Params, name: str, limit: int, too_long: str) -> tuple[str, list[Json]]:
    prefix = "caption_" if name == "caption" else ""
    try:
        text, entities = formatted(
            params.text(name), params.text("parse_mode"), params.parsed(f"{prefix}entities")
        )
    except BadMarkup as error:
        raise bad_request(str(error)) from error
    if len(text) > limit:
        raise bad_request(too_long)
    return text, entities


def _text_content(params: Params) -> Json:
    text, entities = _text(params, "text", MAX_TEXT, "message is too long")
    if not text:
        raise bad_request("message text is empty")
    options = params.parsed("link_preview_options")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    return content | {"link_preview_options": options} if options else content


def _caption_content(params: Params) -> Json:
    caption, entities = _text(params, "caption", MAX_CAPTION, "message caption is too long")
    if not caption:
        return {}
    return {"caption": caption, "caption_entities": entities} if entities else {"caption": caption}


def inline_markup(params: Params) -> Json:
    """Give the checked inline keyboard of a call as message fields; empty without one."""
    markup = params.parsed("reply_markup")
    rows = [row for row in (markup or {}).get("inline_keyboard", []) if row]
    try:
        check_inline_keyboard(rows)
    except BadMarkup as error:
        raise bad_request(str(error)) from error
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _place(state: State, chat: Chat, params: Params) -> Json:
    """Give the fields of the reply and of the topic."""
    place: Json = {}
    topic = params.number("message_thread_id")
    if topic and chat.is_forum and topic not in chat.topics:
        raise bad_request("message thread not found")
    if topic and chat.is_forum:
        place |= {"message_thread_id": topic, "is_topic_message": True}
    reply = params.parsed("reply_parameters") or {"message_id": params.number("reply_to_message_id")}
    replied = chat.messages.get(int(reply.get("message_id") or 0))
    if replied is not None:
        place["reply_to_message"] = {
            key: value for key, value in replied.items() if key != "reply_to_message"
        }
    elif reply.get("message_id") and not (
        reply.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply")
    ):
        raise bad_request("message to be replied not found")
    return place


def _post(state: State, chat: Chat, params: Params, content: Json) -> Json:
    place = _place(state, chat, params)
    markup = inline_markup(params)
    wait = state.limits.take(chat.id, is_private=chat.is_private, now=state.now())
    if wait:
        raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
    given = params.parsed("reply_markup") or {}
    if "keyboard" in given:
        chat.keyboard = given
    elif given.get("remove_keyboard"):
        chat.keyboard = None
    return state.world.add_message(
        chat, state.world.bot.user(), int(state.now()), {**place, **content, **markup}
    )


def send_message(state: State, params: Params) -> Json:
    chat = chat_of(state, params)
    return _post(state, chat, params, _text_content(params))


def sender_of(kind: str) -> Callable[[State, Params], Json]:
    """Make the method that sends one kind of file."""

    def send(state: State, params: Params) -> Json:
        chat = chat_of(state, params)
        caption = _caption_content(params) if kind in CAPTIONED else {}
        stored = _file(state, params, kind)
        return _post(state, chat, params, file_content(kind, stored, params.values) | caption)

    return send


def _file(state: State, params: Params, kind: str) -> StoredFile:
    given = params.text(kind)
    upload = params.uploads.get(given.removeprefix("attach://")) or params.uploads.get(kind)
    if upload:
        if not upload.data:
            raise bad_request("file must be non-empty")
        return state.world.add_file(kind, upload.name, upload.mime_type, upload.data)
    if given in state.world.files:
        return state.world.files[given]
    if not given:
        raise bad_request(f"there is no {kind} in the request")
    raise bad_request("wrong file identifier/HTTP URL specified")


def send_media_group(state: State, params: Params) -> list[Json]:
    chat = chat_of(state, params)
    album = str(state.world.next_id())
    sent = []
    for item in params.parsed("media") or []:
        one = Params({**params.values, **item, item["type"]: item["media"]}, params.uploads)
        one.values.pop("reply_markup", None)
        content = file_content(item["type"], _file(state, one, item["type"]), item) | _caption_content(one)
        sent.append(_post(state, chat, one, content | {"media_group_id": album}))
    if not sent:
        raise bad_request("there are no messages to send")
    return sent


def _source(state: State, params: Params, verb: str) -> Json:
    source = chat_of(state, params, "from_chat_id")
    message = source.messages.get(params.number("message_id"))
    if message is None:
        raise bad_request(f"message to {verb} not found")
    return message


def _payload(message: Json) -> Json:
    frame = {"message_id", "from", "chat", "date", "reply_to_message", "reply_markup", "message_thread_id"}
    frame |= {"is_topic_message", "edit_date", "media_group_id", "forward_origin", "sender_chat"}
    return {key: value for key, value in message.items() if key not in frame}


def copy_message(state: State, params: Params) -> Json:
    chat = chat_of(state, params)
    content = _payload(_source(state, params, "copy"))
    if "caption" in params.values and "text" not in content:
        content = {key: value for key, value in content.items() if not key.startswith("caption")}
        content |= _caption_content(params)
    return {"message_id": _post(state, chat, params, content)["message_id"]}


def forward_message(state: State, params: Params) -> Json:
    chat = chat_of(state, params)
    message = _source(state, params, "forward")
    origin = message.get("forward_origin") or {
        "type": "user",
        "date": message["date"],
        "sender_user": message["from"],
    }
    return _post(state, chat, params, _payload(message) | {"forward_origin": origin})


def _own_message(state: State, params: Params) -> tuple[Chat, Json]:
    chat = chat_of(state, params)
    message = chat.messages.get(params.number("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != state.world.bot.id:
        raise bad_request("message can't be edited")
    return chat, message


def _change(state: State, message: Json, parts: set[str], content: Json) -> Json:
    if {key: message[key] for key in parts if key in message} == content:
        raise bad_request(NOT_MODIFIED)
    for part in parts - content.keys():
        message.pop(part, None)
    message.update(content)
    if parts != {"reply_markup"}:
        message["edit_date"] = int(state.now())
    state.world.touch()
    return message


def edit_text(state: State, params: Params) -> Json:
    _, message = _own_message(state, params)
    content = _text_content(params) | inline_markup(params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _change(state, message, {"text", "entities", "reply_markup", "link_preview_options"}, content)


def edit_caption(state: State, params: Params) -> Json:
    _, message = _own_message(state, params)
    content = _caption_content(params) | inline_markup(params)
    return _change(state, message, {"caption", "caption_entities", "reply_markup"}, content)


def edit_markup(state: State, params: Params) -> Json:
    _, message = _own_message(state, params)
    return _change(state, message, {"reply_markup"}, inline_markup(params))


def delete_message(state: State, params: Params) -> Any:
    chat = chat_of(state, params)
    message = chat.messages.get(params.number("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    own = message["from"]["id"] == state.world.bot.id
    if not own and not chat.is_private and chat.bot_status != "administrator":
        raise bad_request("message can't be deleted")
    if chat.bot_status != "administrator" and message["date"] < state.now() - DELETE_WITHIN_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    del chat.messages[message["message_id"]]
    state.world.touch()
    return True


def set_reaction(state: State, params: Params) -> bool:
    chat = chat_of(state, params)
    message_id = params.number("message_id")
    if message_id not in chat.messages:
        raise bad_request("message to react not found")
    given = params.parsed("reaction") or []
    reactions = chat.reactions.setdefault(message_id, {})
    reactions.pop(state.world.bot.id, None)
    if given:
        reactions[state.world.bot.id] = given[0].get("emoji", "👍")
    state.world.touch()
    return True
