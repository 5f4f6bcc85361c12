"""The application: Bot API, control API and the page in one Starlette app."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulator import control, endpoint, snapshot
from simulator.params import Params
from simulator.state import State
from simulator.world import Json

PAGE = Path(__file__).parent / "page"
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'",
}


async def index(request: Request) -> Response:
    return FileResponse(PAGE / "index.html", headers=PAGE_HEADERS)


def make_app(state: State, folder: Path | None = None) -> Starlette:
    """Wire the parts together; with a folder the world survives a restart."""
    running: set[asyncio.Task[Json]] = set()

    def obey(call: Json) -> None:
        params = Params({key: value for key, value in call.items() if key != "method"})
        task = asyncio.get_running_loop().create_task(endpoint.call(state, str(call["method"]), params))
        running.add(task)
        task.add_done_callback(running.discard)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        state.delivery.on_answer = obey
        webhook = snapshot.load(state, folder) if folder else None
        await state.delivery.set_webhook(webhook)
        saving = asyncio.create_task(snapshot.keep_saving(state, folder)) if folder else None
        yield
        await state.delivery.close()
        if folder and saving:
            saving.cancel()
            snapshot.save(state, folder)

    bot_routes = [
        Route("/bot{token}/{method}", endpoint.answer_call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", endpoint.download),
    ]
    page_routes = [Route("/", index), Mount("/page", StaticFiles(directory=PAGE))]
    app = Starlette(routes=[*bot_routes, *control.routes(), *page_routes], lifespan=lifespan)
    app.state.sim = state
    return app
