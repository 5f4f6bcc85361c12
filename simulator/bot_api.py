"""The Bot API: which method does what, and the methods that ask and set."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from simulator import bot_send
from simulator.bot_send import chat_of
from simulator.deliver import DEFAULT_KINDS, Webhook
from simulator.params import ApiError, Params, bad_request
from simulator.state import State
from simulator.world import PRESENT, Json

Method = Callable[[State, Params], Any]

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
MAX_POLL_SECONDS = 50
WEBHOOK_IS_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)


def get_me(state: State, params: Params) -> Json:
    abilities = {"can_join_groups": True, "supports_inline_queries": True, "can_connect_to_business": False}
    privacy = {"can_read_all_group_messages": state.world.reads_all_messages, "has_main_web_app": False}
    return {**state.world.bot.user(), **abilities, **privacy}


async def get_updates(state: State, params: Params) -> list[Json]:
    if state.delivery.webhook:
        raise ApiError(409, WEBHOOK_IS_ACTIVE)
    _choose_kinds(state, params)
    limit = min(max(params.number("limit", 100), 1), 100)
    timeout = min(params.number("timeout"), MAX_POLL_SECONDS)
    taken = await state.delivery.take(offset=params.number("offset"), limit=limit, timeout=timeout)
    if taken is None:
        raise ApiError(409, OTHER_POLL)
    return taken


def _choose_kinds(state: State, params: Params) -> None:
    """Without the parameter the previous choice stays; an empty list brings the default back."""
    kinds = params.parsed("allowed_updates")
    if kinds is not None:
        state.delivery.kinds = frozenset(kinds) or DEFAULT_KINDS


async def set_webhook(state: State, params: Params) -> bool:
    url = params.text("url")
    if url and not url.startswith(("http://", "https://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    connections = params.number("max_connections", 40)
    if not 1 <= connections <= 100:
        connections = 40
    _choose_kinds(state, params)
    if params.flag("drop_pending_updates"):
        state.delivery.forget()
    webhook = Webhook(url, params.text("secret_token"), connections) if url else None
    await state.delivery.set_webhook(webhook)
    return True


async def delete_webhook(state: State, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        state.delivery.forget()
    await state.delivery.set_webhook(None)
    return True


def get_webhook_info(state: State, params: Params) -> Json:
    webhook = state.delivery.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(state.delivery.pending),
    }
    if webhook:
        info |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
    if webhook and webhook.last_error:
        info |= {"last_error_date": webhook.last_error_at, "last_error_message": webhook.last_error}
    if state.delivery.kinds != DEFAULT_KINDS:
        info["allowed_updates"] = sorted(state.delivery.kinds)
    return info


def answer_query(state: State, params: Params, name: str) -> bool:
    query = state.queries.get(params.text(name))
    if query is None or state.now() - query.asked_at > state.answer_ttl_seconds:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if not query.answer.done():
        query.answer.set_result(params.shown())
    return True


def answer_callback_query(state: State, params: Params) -> bool:
    if len(params.text("text")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    url = params.text("url")
    if url and not _leads_to_the_bot(url, state):
        raise bad_request("URL_INVALID")
    return answer_query(state, params, "callback_query_id")


def _leads_to_the_bot(url: str, state: State) -> bool:
    """Whether it is `t.me/<bot>?start=…`: what a press may open, games aside."""
    link = re.fullmatch(r"(?:https?://)?t\.me/(\w+)\?start=[\w-]{1,64}", url, re.ASCII)
    return link is not None and link[1].lower() == state.world.bot.username.lower()


def answer_inline_query(state: State, params: Params) -> bool:
    results = params.parsed("results")
    if not isinstance(results, list):
        raise bad_request("can't parse inline query results")
    if len(results) > 50:
        raise bad_request("RESULTS_TOO_MUCH")
    if any(len(str(result.get("id", "")).encode()) not in range(1, 65) for result in results):
        raise bad_request("RESULT_ID_INVALID")
    return answer_query(state, params, "inline_query_id")


def get_file(state: State, params: Params) -> Json:
    stored = state.world.files.get(params.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    if stored.size > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {**stored.reference(), "file_path": stored.path}


def get_chat(state: State, params: Params) -> Json:
    chat = chat_of(state, params)
    rest: Json = {"accent_color_id": 0, "max_reaction_count": 11}
    if not chat.is_private:
        rest["permissions"] = {"can_send_messages": True}
    return {**state.world.chat_json(chat), **rest, "accepted_gift_types": _gifts()}


def _gifts() -> Json:
    names = "unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels"
    return dict.fromkeys(names.split(), False)


def get_chat_member(state: State, params: Params) -> Json:
    chat = chat_of(state, params)
    user_id = params.number("user_id")
    if user_id == state.world.bot.id:
        return state.world.member_json(state.world.bot.user(), chat.bot_status)
    person = state.world.persons.get(user_id)
    if person is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return state.world.member_json(person.user(), chat.members.get(user_id, "left"))


def get_chat_administrators(state: State, params: Params) -> list[Json]:
    chat = chat_of(state, params)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    found = [
        state.world.member_json(state.world.person(person_id).user(), status)
        for person_id, status in chat.members.items()
        if status in {"creator", "administrator"}
    ]
    if chat.bot_status == "administrator":
        found.append(state.world.member_json(state.world.bot.user(), "administrator"))
    return found


def get_chat_member_count(state: State, params: Params) -> int:
    chat = chat_of(state, params)
    return 1 + sum(status in PRESENT for status in chat.members.values())


def leave_chat(state: State, params: Params) -> bool:
    chat = chat_of(state, params)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    change = {
        "chat": state.world.chat_json(chat),
        "from": state.world.bot.user(),
        "date": int(state.now()),
        "old_chat_member": state.world.member_json(state.world.bot.user(), chat.bot_status),
        "new_chat_member": state.world.member_json(state.world.bot.user(), "left"),
    }
    chat.bot_status = "left"
    state.world.touch()
    state.delivery.emit("my_chat_member", change)
    return True


def _commands_key(params: Params) -> str:
    scope = params.parsed("scope") or {"type": "default"}
    parts = [scope["type"], scope.get("chat_id", ""), scope.get("user_id", ""), params.text("language_code")]
    return ":".join(str(part) for part in parts)


def set_my_commands(state: State, params: Params) -> bool:
    commands = params.parsed("commands") or []
    for command in commands:
        name = str(command.get("command", "")).removeprefix("/")
        if not (
            0 < len(name) <= 32
            and name.isascii()
            and name.replace("_", "").isalnum()
            and name == name.lower()
        ):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 0 < len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    state.commands[_commands_key(params)] = commands
    return True


def get_my_commands(state: State, params: Params) -> list[Json]:
    return state.commands.get(_commands_key(params), [])


def delete_my_commands(state: State, params: Params) -> bool:
    state.commands.pop(_commands_key(params), None)
    return True


def accept(state: State, params: Params) -> bool:
    """Say yes and do nothing: the method changes nothing that the simulator shows."""
    return True


def accept_in_chat(state: State, params: Params) -> bool:
    chat_of(state, params)
    return True


FILE_KINDS = {
    "sendDocument": "document", "sendPhoto": "photo", "sendVoice": "voice", "sendVideo": "video",
    "sendAudio": "audio", "sendAnimation": "animation",
    "sendSticker": "sticker", "sendVideoNote": "video_note",
}  # fmt: skip

METHODS: dict[str, Method] = {
    "getMe": get_me, "getUpdates": get_updates,
    "setWebhook": set_webhook, "deleteWebhook": delete_webhook, "getWebhookInfo": get_webhook_info,
    "sendMessage": bot_send.send_message, "sendMediaGroup": bot_send.send_media_group,
    "copyMessage": bot_send.copy_message, "forwardMessage": bot_send.forward_message,
    "editMessageText": bot_send.edit_text, "editMessageCaption": bot_send.edit_caption,
    "editMessageReplyMarkup": bot_send.edit_markup, "deleteMessage": bot_send.delete_message,
    "setMessageReaction": bot_send.set_reaction,
    "answerCallbackQuery": answer_callback_query, "answerInlineQuery": answer_inline_query,
    "getFile": get_file, "getChat": get_chat, "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators, "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "setMyCommands": set_my_commands, "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "sendChatAction": accept_in_chat, "pinChatMessage": accept_in_chat, "unpinChatMessage": accept_in_chat,
    "setMyDescription": accept, "setMyShortDescription": accept, "setMyName": accept,
    "setChatMenuButton": accept,
    "setMyDefaultAdministratorRights": accept, "logOut": accept, "close": accept,
    **{name: bot_send.sender_of(kind) for name, kind in FILE_KINDS.items()},
}  # fmt: skip
BY_LOWER_NAME = {name.lower(): method for name, method in METHODS.items()}
