"""python-telegram-bot as a router: an update in, one of our handlers called, no way to the network (BOT-05).

Handlers run in the calling thread and so in the caller's transaction; what they raise reaches the caller.
"""

import json
import threading
from collections.abc import Coroutine
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from telegram import Bot, Update
from telegram.ext import Application, ApplicationBuilder
from telegram.request import BaseRequest

from bot.handlers import add_handlers
from bot.models import BotAccount

Router = Application[Any, Any, Any, Any, Any, Any]


class Unreadable(ValueError):
    """The update does not have the shape that the Bot API documents; another try would not help."""


class NoNetwork(RuntimeError):
    """A handler tried to call Telegram. Handlers queue; the sender calls (OUT-01)."""


class OfflineDoor(BaseRequest):
    """Answers who the bot is, and lets nothing else through."""

    def __init__(self, identity: dict[str, Any]) -> None:
        self._identity = json.dumps({"ok": True, "result": identity}).encode()

    @property
    def read_timeout(self) -> float:
        return 0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(self, url: str, *_args: Any, **_kwargs: Any) -> tuple[int, bytes]:
        method = url.rpartition("/")[2]
        if method != "getMe":
            raise NoNetwork(f"{method} was called from a handler; queue a message instead.")
        return 200, self._identity


class RaisingApplication(Application):  # type: ignore[type-arg]
    """An Application whose handlers' exceptions reach the caller; PTB's own only logs them (BOT-04)."""

    async def process_error(self, update: object, error: Exception, *_args: Any, **_kwargs: Any) -> bool:
        """Raise what the handler raised."""
        raise error


class _Routers(threading.local):
    router: Router | None = None
    identity: int = 0


_routers = _Routers()
_identity = 0


def dispatch(payload: Any) -> None:
    """Let the handler of this update act, inside the caller's transaction (BOT-04).

    Unknown kinds have no effect. Raises Unreadable, or whatever the handler raises.
    """
    router = _router()
    update = _read(payload, router.bot)
    _run(router.process_update(update))


def _run(processing: Coroutine[Any, Any, None]) -> None:
    """Run PTB's coroutine to its end here and now: our handlers are plain functions, so it never waits.

    Without an event loop there is no other thread, and so no other transaction, that a handler could run in.
    """
    try:
        processing.send(None)
    except StopIteration:
        return
    processing.close()
    raise NoNetwork("A handler waited for something.")


def forget_identity() -> None:
    """Let every thread ask the database anew who the bot is, as its name is part of commands in groups."""
    global _identity  # noqa: PLW0603
    _identity += 1


def _router() -> Router:
    if _routers.router is None or _routers.identity != _identity:
        _routers.identity = _identity
        _routers.router = _make_router()
    return _routers.router


def _make_router() -> Router:
    door = OfflineDoor(_who_we_are())
    router: Router = (
        ApplicationBuilder()
        .application_class(RaisingApplication)
        .token(settings.TELEGRAM_BOT_TOKEN or "0:none")
        .request(door)
        .get_updates_request(door)
        .updater(None)
        .job_queue(None)
        .build()
    )
    add_handlers(router)
    async_to_sync(router.initialize)()
    return router


def _who_we_are() -> dict[str, Any]:
    account = BotAccount.objects.first()
    if account is None:
        number = settings.TELEGRAM_BOT_TOKEN.partition(":")[0]
        identity = {"id": int(number) if number.isdecimal() else 0, "first_name": "Bot", "username": "bot"}
    else:
        identity = {"id": account.telegram_id, "first_name": account.name, "username": account.username}
    return identity | {"is_bot": True}


def _complete(content: Any) -> Any:
    """Add to polls what PTB insists on and a Bot API server of an older version does not send."""
    if isinstance(content, list):
        return [_complete(one) for one in content]
    if not isinstance(content, dict):
        return content
    found = {name: _complete(value) for name, value in content.items()}
    if isinstance(poll := found.get("poll"), dict):
        options = [{"persistent_id": "", **one} for one in poll.get("options", []) if isinstance(one, dict)]
        found["poll"] = {"allows_revoting": False, "members_only": False, **poll, "options": options}
    return found


def _read(payload: Any, bot: Bot) -> Update:
    try:
        try:
            return Update.de_json(payload, bot)
        except TypeError:
            return Update.de_json(_complete(payload), bot)
    except Exception as error:  # noqa: BLE001 (hostile shapes break PTB's parsing in any way)
        raise Unreadable(f"{type(error).__name__}: {error}") from error
