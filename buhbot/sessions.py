"""Sessions in the database, read and written as the role for sign-in only (SEC-01)."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from buhbot.acting import as_session

SHORTEST = 8  # as Django has it


class SessionStore(DatabaseSessionStore):
    """Django's store; each trip to the database is made as `buhbot_session`."""

    def _validate_session_key(self, key: str | None) -> bool:
        """Take only what a key is made of: a cookie may hold anything, and Postgres no zero byte."""
        return key is not None and len(key) >= SHORTEST and key.isascii() and key.isalnum()

    def load(self) -> dict[str, Any]:
        with as_session():
            return super().load()

    def exists(self, session_key: str) -> bool:
        with as_session():
            return super().exists(session_key)

    def save(self, must_create: bool = False) -> None:
        with as_session():
            super().save(must_create=must_create)

    def delete(self, session_key: str | None = None) -> None:
        with as_session():
            super().delete(session_key)
