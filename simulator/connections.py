"""Knows the open connections, so that a fault can break one without an answer."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

_OPEN: dict[tuple[str, int], asyncio.Transport] = {}


class KnownConnection(H11Protocol):
    """uvicorn's protocol that remembers its transport under the client's address."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.known_as = tuple(transport.get_extra_info("peername")[:2])
        _OPEN[self.known_as] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _OPEN.pop(self.known_as, None)
        super().connection_lost(exc)


def break_connection(scope: Any) -> None:
    """Reset the connection that a request came by."""
    transport = _OPEN.get(tuple(scope.get("client") or ("", 0)))
    if transport is not None:
        transport.abort()
