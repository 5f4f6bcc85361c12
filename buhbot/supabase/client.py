"""Calls to Supabase Auth, each bounded as a whole; after a failure it is left alone for a while (SEC-06)."""

import asyncio
import json
import threading
import time
from functools import cache
from ssl import SSLContext
from typing import Any

import httpx
import structlog
from django.conf import settings

from buhbot.supabase import issuer

TOTAL_SECONDS = 4.0
REST_SECONDS = 30.0
MOST_BYTES = 256 * 1024
REFUSALS = {httpx.codes.BAD_REQUEST, httpx.codes.FORBIDDEN, httpx.codes.UNPROCESSABLE_ENTITY}
UNREACHABLE = (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, ValueError, ImportError)

log = structlog.get_logger("buhbot.supabase")
_lock = threading.Lock()
_rests_until = 0.0


class Away(Exception):
    """Supabase does not answer, or not in the way that it should; local accounts do not need it."""


class Refused(Exception):
    """Supabase knows no such e-mail with such a password."""


def wake() -> None:
    """Ask again at once, whatever happened before."""
    global _rests_until  # noqa: PLW0603 (one for all threads of the process)
    _rests_until = 0.0


def password_grant(email: str, password: str) -> dict[str, Any]:
    """Return the answer to a right e-mail and password: `access_token` and more. Raises Refused or Away."""
    return _ask("POST", "/token?grant_type=password", {"email": email, "password": password})


def key_set() -> dict[str, Any]:
    """Return the public keys that tokens are signed with. Raises Away."""
    try:
        return _ask("GET", "/.well-known/jwks.json", None)
    except Refused:
        raise Away from None


def _ask(method: str, path: str, body: dict[str, str] | None) -> dict[str, Any]:
    if time.monotonic() < _rests_until:
        raise Away
    loop = asyncio.new_event_loop()  # asyncio.run would wait for a name that is still being resolved
    try:
        return loop.run_until_complete(_asked_in_time(method, path, body))
    except UNREACHABLE as error:
        _rest(type(error).__name__)
        raise Away from None
    finally:
        loop.close()


def _rest(why: str) -> None:
    """Let the next attempts not wait: threads that hang would keep everybody from the panel."""
    global _rests_until  # noqa: PLW0603
    with _lock:
        _rests_until = time.monotonic() + REST_SECONDS
    log.warning("supabase_auth_away", error=why)


async def _asked_in_time(method: str, path: str, body: dict[str, str] | None) -> dict[str, Any]:
    """Bound the whole call: httpx's own limits begin anew with every byte."""
    headers = {"apikey": settings.SUPABASE_PUBLISHABLE_KEY, "Accept-Encoding": "identity"}
    async with (
        asyncio.timeout(TOTAL_SECONDS),
        httpx.AsyncClient(verify=_certificates(), timeout=TOTAL_SECONDS) as client,
        client.stream(method, f"{issuer()}{path}", json=body, headers=headers) as response,
    ):
        if response.status_code in REFUSALS:
            raise Refused
        if response.status_code != httpx.codes.OK:
            raise ValueError(response.status_code)
        return _object(await _read(response))


async def _read(response: httpx.Response) -> bytes:
    found = bytearray()
    async for chunk in response.aiter_raw():
        found += chunk
        if len(found) > MOST_BYTES:
            raise ValueError(len(found))
    return bytes(found)


def _object(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(type(found))  # noqa: TRY004 (what was sent, not what was called with)
    return found


@cache
def _certificates() -> SSLContext:
    return httpx.create_ssl_context()
