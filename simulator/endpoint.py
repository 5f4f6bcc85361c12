"""HTTP of the Bot API: the token, the faults, the answer, the record of the call; and downloads of files."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from simulator.bot_api import BY_LOWER_NAME
from simulator.connections import break_connection
from simulator.content import BadContent
from simulator.faults import AFTER, Fault
from simulator.params import ApiError, Params, read_params
from simulator.state import State
from simulator.world import Json, NotInWorld

NOT_FOUND: Json = {"ok": False, "error_code": 404, "description": "Not Found"}
UNAUTHORIZED: Json = {"ok": False, "error_code": 401, "description": "Unauthorized"}
GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class BrokenAnswer(Response):
    """No answer: after a while, or at once, or in the middle of it, the connection breaks."""

    def __init__(self, *, hang_seconds: float = 0, is_begun: bool = False) -> None:
        super().__init__()
        self.hang_seconds = hang_seconds
        self.is_begun = is_begun

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.is_begun:
            headers = [(b"content-type", b"application/json"), (b"content-length", b"500")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b'{"ok":true,"res', "more_body": True})
            await asyncio.sleep(0.05)
        if self.hang_seconds:
            await _until_gone(receive, self.hang_seconds)
        break_connection(scope)
        await _until_gone(receive, 5)


async def _until_gone(receive: Receive, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def answer_call(request: Request) -> Response:
    """Answer /bot<token>/<method>."""
    state: State = request.app.state.sim
    method = request.path_params["method"]
    if request.path_params["token"] != state.token:
        return JSONResponse(UNAUTHORIZED, 401)
    try:
        params = await read_params(request)
    except ApiError as error:
        return JSONResponse(error.answer(), error.code)
    if state.faults.latency_ms:
        await asyncio.sleep(state.faults.latency_ms / 1000)
    fault = state.faults.pick(method, params.values.get("chat_id"), state.now())
    if fault and not fault.mode.endswith(AFTER):
        state.record(method, params.shown(), {"ok": False}, fault=fault.mode)
        return _spoiled(fault)
    answer = await call(state, method, params, fault=fault.mode if fault else "")
    return _spoiled(fault) if fault else JSONResponse(answer, answer.get("error_code", 200))


async def call(state: State, method: str, params: Params, *, fault: str = "") -> Json:
    """Carry out one call, note it, and give the whole answer."""
    run = BY_LOWER_NAME.get(method.lower())
    if run is None:
        answer = NOT_FOUND
    else:
        try:
            result: Any = run(state, params)
            answer = {"ok": True, "result": await result if inspect.isawaitable(result) else result}
        except ApiError as error:
            answer = error.answer()
        except (BadContent, NotInWorld, KeyError, TypeError, AttributeError, ValueError) as error:
            answer = ApiError(400, f"Bad Request: can't read the parameters: {error!r}").answer()
    if method.lower() != "getupdates":
        state.record(method, params.shown(), _short(answer), fault=fault)
    return answer


def _short(answer: Json) -> Json:
    result = answer.get("result")
    if isinstance(result, dict) and "message_id" in result:
        return {"ok": True, "message_id": result["message_id"]}
    return {key: value for key, value in answer.items() if key != "result"}


def _spoiled(fault: Fault) -> Response:
    mode = fault.mode.removesuffix(AFTER)
    if mode == "429":
        wait = fault.retry_after
        return JSONResponse(
            ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait).answer(), 429
        )
    if mode == "http500":
        return JSONResponse(ApiError(500, "Internal Server Error").answer(), 500)
    if mode == "http502html":
        return Response(GATEWAY_PAGE, 502, media_type="text/html")
    return BrokenAnswer(hang_seconds=fault.hang_seconds if mode == "timeout" else 0, is_begun=mode == "half")


async def download(request: Request) -> Response:
    """Answer /file/bot<token>/<path>."""
    state: State = request.app.state.sim
    if request.path_params["token"] != state.token:
        return JSONResponse(UNAUTHORIZED, 401)
    path = request.path_params["path"]
    if state.faults.latency_ms:
        await asyncio.sleep(state.faults.latency_ms / 1000)
    fault = state.faults.pick("file", None, state.now())
    if fault:
        return _spoiled(fault)
    try:
        stored = state.world.file_at(path)
    except NotInWorld:
        return JSONResponse(NOT_FOUND, 404)
    return Response(stored.content(), media_type="application/octet-stream")
