"""The control API under /sim: what the page, the tests and the demo say to the simulator."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from simulator import actions, membership
from simulator.content import BadContent
from simulator.faults import Fault, UnknownMode
from simulator.state import Query, State
from simulator.views import chat_row, messages_of, overview, person_row
from simulator.world import Json, NotInWorld

ANSWER_WAIT_SECONDS = 5.0
MISTAKES = (NotInWorld, actions.NotAllowed, BadContent, UnknownMode, KeyError, TypeError, ValueError)

Order = Callable[[State, Json], Any]


async def _answer(query: Query, spec: Json) -> Json | None:
    try:
        async with asyncio.timeout(float(spec.get("wait", ANSWER_WAIT_SECONDS))):
            return await asyncio.shield(query.answer)
    except TimeoutError:
        return None


async def press(state: State, spec: Json) -> Json:
    button, query = actions.press(state, spec)
    if query is None:
        return {"answered": False, "toast": "", "show_alert": False, "url": button.get("url", "")}
    answer = await _answer(query, spec)
    given = answer or {}
    shows_alert = str(given.get("show_alert", "")).lower() == "true"
    toast = str(given.get("text", ""))
    return {
        "answered": answer is not None,
        "toast": toast,
        "show_alert": shows_alert,
        "url": given.get("url", ""),
    }


async def inline(state: State, spec: Json) -> Json:
    answer = await _answer(actions.ask_inline(state, spec), spec)
    return {"answered": answer is not None, "results": (answer or {}).get("results", []), **(answer or {})}


def set_limits(state: State, spec: Json) -> Json:
    limits = state.limits
    limits.is_enabled = bool(spec.get("enabled", limits.is_enabled))
    for name in ("per_second", "private_per_second", "private_burst", "group_per_minute"):
        if name in spec:
            setattr(limits, name, spec[name])
    if spec.get("forget"):
        limits.forget()
    return limits_row(state)


def limits_row(state: State) -> Json:
    limits = state.limits
    names = ("per_second", "private_per_second", "private_burst", "group_per_minute")
    refused = {**limits.refused, "total": limits.refused.total()}
    return {
        "enabled": limits.is_enabled,
        **{name: getattr(limits, name) for name in names},
        "refused": refused,
    }


def add_fault(state: State, spec: Json) -> Json:
    return asdict(state.faults.add(Fault(**spec), state.now()))


def set_latency(state: State, spec: Json) -> Json:
    state.faults.latency_ms = float(spec["ms"])
    return {"latency_ms": state.faults.latency_ms}


def clear_faults(state: State, spec: Json) -> Json:
    state.faults.clear()
    return {"cleared": True}


def set_delivery(state: State, spec: Json) -> Json:
    chaos = state.delivery.chaos
    chaos.copies = int(spec.get("copies", chaos.copies))
    chaos.is_ordered = bool(spec.get("ordered", chaos.is_ordered))
    chaos.is_paused = bool(spec.get("paused", chaos.is_paused))
    if not chaos.is_paused:
        state.delivery.release(shuffled=bool(spec.get("shuffled")))
    return delivery_row(state)


def delivery_row(state: State) -> Json:
    delivery = state.delivery
    chaos = delivery.chaos
    webhook = (
        {"url": delivery.webhook.url, "last_error": delivery.webhook.last_error} if delivery.webhook else None
    )
    switches = {"paused": chaos.is_paused, "copies": chaos.copies, "ordered": chaos.is_ordered}
    counts = {"attempts": delivery.attempts, "failures": delivery.failures, "pending": len(delivery.pending)}
    return {"webhook": webhook, **switches, **counts, "next_update_id": delivery.next_update_id}


def inject(state: State, spec: Json) -> Json:
    updates = spec.get("updates") or [spec["update"]]
    for update in updates:
        state.delivery.inject(update)
    return {"injected": len(updates)}


def redeliver(state: State, spec: Json) -> Json:
    found = [number for number in spec["update_ids"] if state.delivery.redeliver(number)]
    return {"redelivered": found}


def updates(state: State, spec: Json) -> list[Json]:
    since = int(spec.get("since", 0))
    return [json.loads(body) for number, body in state.delivery.log if number > since]


def calls(state: State, spec: Json) -> list[Json]:
    since, method, chat = int(spec.get("since", 0)), spec.get("method"), spec.get("chat")
    found = [call for call in state.calls if call["seq"] > since and (not method or call["method"] == method)]
    return [call for call in found if not chat or str(call["params"].get("chat_id")) == str(chat)]


def clear_calls(state: State, spec: Json) -> Json:
    state.calls.clear()
    return {"cleared": True}


def set_bot(state: State, spec: Json) -> Json:
    """Change what the bot is: its names, its privacy setting, how long a press may be answered."""
    state.world.bot.username = spec.get("username", state.world.bot.username)
    state.world.bot.first_name = spec.get("first_name", state.world.bot.first_name)
    state.world.reads_all_messages = bool(spec.get("reads_all_messages", state.world.reads_all_messages))
    state.answer_ttl_seconds = float(spec.get("answer_ttl_seconds", state.answer_ttl_seconds))
    return {"bot": state.world.bot.user(), "answer_ttl_seconds": state.answer_ttl_seconds}


def reset(state: State, spec: Json) -> Json:
    state.reset()
    return {"reset": True}


def load(state: State, spec: Json) -> Json:
    """Make persons, chats, messages in bulk; the bot hears of nothing unless `announce` is set."""
    delivery_kinds = state.delivery.kinds
    if not spec.get("announce"):
        state.delivery.kinds = frozenset()
    try:
        persons = [membership.add_person(state, person) for person in spec.get("persons", [])]
        chats = [membership.add_chat(state, chat) for chat in spec.get("chats", [])]
        sent = [actions.send(state, message) for message in spec.get("messages", [])]
    finally:
        state.delivery.kinds = delivery_kinds
    return {"persons": [p.id for p in persons], "chats": [c.id for c in chats], "messages": len(sent)}


def add_person(state: State, spec: Json) -> Json:
    return person_row(membership.add_person(state, spec))


def add_chat(state: State, spec: Json) -> Json:
    return chat_row(state, membership.add_chat(state, spec))


def change_chat(state: State, spec: Json) -> Json:
    chat = state.world.chat(spec["chat"])
    if "title" in spec:
        membership.rename(state, chat, spec)
    if "privacy" in spec:
        chat.has_privacy = spec["privacy"]
    state.world.touch()
    return chat_row(state, chat)


def set_member(state: State, spec: Json) -> Json:
    chat = state.world.chat(spec["chat"])
    membership.set_member(state, chat, spec)
    return chat_row(state, chat)


def add_topic(state: State, spec: Json) -> Json:
    return membership.add_topic(state, state.world.chat(spec["chat"]), spec)


def migrate(state: State, spec: Json) -> Json:
    return chat_row(state, membership.migrate(state, state.world.chat(spec["chat"]), spec))


def block(state: State, spec: Json) -> Json:
    membership.set_block(state, spec, is_blocked=bool(spec.get("blocked", True)))
    return person_row(state.world.person(spec["person"]))


def deactivate(state: State, spec: Json) -> Json:
    membership.deactivate(state, spec)
    return person_row(state.world.person(spec["person"]))


def mark_read(state: State, spec: Json) -> Json:
    _, chat = actions.place_of(state, spec)
    last = chat.next_message_id - 1
    if chat.read.get(spec["person"], 0) < last:
        chat.read[spec["person"]] = last
        state.world.touch()
    return {"read": last}


ORDERS: dict[str, Order] = {
    "reset": reset, "load": load, "bot": set_bot,
    "persons": add_person, "chats": add_chat, "chat": change_chat, "member": set_member, "topic": add_topic,
    "migrate": migrate, "block": block, "deactivate": deactivate, "read": mark_read,
    "start": membership.start, "startgroup": membership.start_group,
    "send": actions.send, "album": actions.send_album, "edit": actions.edit, "delete": actions.delete,
    "react": actions.react, "press": press, "inline": inline, "choose": actions.choose_inline,
    "updates": inject, "redeliver": redeliver, "delivery": set_delivery,
    "faults": add_fault, "faults/clear": clear_faults, "latency": set_latency,
    "limits": set_limits, "calls/clear": clear_calls,
}  # fmt: skip
QUESTIONS: dict[str, Order] = {
    "state": overview,
    "persons": lambda state, spec: [person_row(person) for person in state.world.persons.values()],
    "chats": lambda state, spec: [chat_row(state, chat) for chat in state.world.chats.values()],
    "messages": messages_of,
    "updates": updates, "calls": calls, "delivery": lambda state, spec: delivery_row(state),
    "limits": lambda state, spec: limits_row(state),
    "faults": lambda state, spec: [asdict(fault) for fault in state.faults.orders],
    "bot": set_bot,
}  # fmt: skip


def _endpoint(order: Order) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        spec = (
            dict(request.query_params)
            if request.method == "GET"
            else json.loads(await request.body() or b"{}")
        )
        try:
            result = order(request.app.state.sim, spec)
            return JSONResponse(await result if inspect.isawaitable(result) else result)
        except MISTAKES as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return answer


async def events(request: Request) -> Response:
    """Tell the page of every new version, as server-sent events."""
    state: State = request.app.state.sim

    async def stream() -> AsyncIterator[str]:
        seen = 0
        silent = 0
        while not await request.is_disconnected():
            if state.world.version != seen or silent > 100:
                seen, silent = state.world.version, 0
                yield f"data: {seen}\n\n"
            silent += 1
            await asyncio.sleep(0.15)

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def file(request: Request) -> Response:
    """Give a file to the page by its id."""
    state: State = request.app.state.sim
    stored = state.world.files.get(request.path_params["file_id"])
    if stored is None:
        return JSONResponse({"error": "no such file"}, 404)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    if not stored.mime_type.startswith(("image/", "audio/", "video/")):
        headers["Content-Disposition"] = "attachment"
    return Response(stored.content(), media_type=stored.mime_type, headers=headers)


def routes() -> list[Route]:
    posts = [Route(f"/sim/{name}", _endpoint(order), methods=["POST"]) for name, order in ORDERS.items()]
    gets = [Route(f"/sim/{name}", _endpoint(order), methods=["GET"]) for name, order in QUESTIONS.items()]
    others = [Route("/sim/events", events), Route("/sim/file/{file_id}", file)]
    return [*posts, *gets, *others]
