"""One call to a server with OpenAI's chat interface, two seconds at most, whatever it does (CLS-01, CLS-05)."""

import asyncio
from functools import cache
from ssl import SSLContext

import httpx
from django.conf import settings

TOTAL_SECONDS = 2.0
MOST_BYTES = 64 * 1024

UNREACHABLE = (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, ValueError, ImportError)
"""What comes of a call; of a key or a proxy (from the environment) that cannot be used, too."""


class Failed(Exception):
    """There is no answer; the text says why, and holds nothing of what was asked."""


def post(body: bytes) -> bytes:
    """Return the body of the answer. Raises Failed when it is late, too large, refused, or does not come."""
    loop = asyncio.new_event_loop()  # asyncio.run would wait for a name that is still being resolved
    try:
        return loop.run_until_complete(_posted_in_time(body))
    except UNREACHABLE as error:
        raise Failed(type(error).__name__) from None
    finally:
        loop.close()


async def _posted_in_time(body: bytes) -> bytes:
    """Bound the whole call: httpx's own limits begin anew with every byte."""
    async with asyncio.timeout(TOTAL_SECONDS):
        return await _posted(body)


async def _posted(body: bytes) -> bytes:
    url = f"{settings.LLM_BASE_URL}/chat/completions"
    headers = {
        "Authorization": f"Bearer {settings.LLM_API_KEY}",
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
    }
    async with (
        httpx.AsyncClient(verify=_certificates(), timeout=TOTAL_SECONDS) as client,
        client.stream("POST", url, content=body, headers=headers) as response,
    ):
        if response.status_code != httpx.codes.OK:
            raise Failed(f"status {response.status_code}")
        return await _read(response)


async def _read(response: httpx.Response) -> bytes:
    found = bytearray()
    async for chunk in response.aiter_raw():
        found += chunk
        if len(found) > MOST_BYTES:
            raise Failed("too long an answer")
    return bytes(found)


@cache
def _certificates() -> SSLContext:
    return httpx.create_ssl_context()
