"""Tokens of one-time links: shown once, kept as a hash only (STF-01, CHT-03)."""

import hashlib
import secrets

TOKEN_BYTES = 16


def new_token() -> str:
    """Return 16 random bytes as Telegram's `start` parameters take them."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
