"""Verify the tokens of Supabase Auth: who signed, for whom, until when (SEC-06)."""

import threading
import time
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings

from buhbot.supabase import client, issuer

AUDIENCE = "authenticated"
FAMILIES = {"ES256": "EC", "RS256": "RSA"}  # what a key of the set must be for the algorithm
LEGACY = "HS256"
LEEWAY_SECONDS = 30
KEYS_LAST_SECONDS = 600.0
KEYS_AGAIN_SECONDS = 30.0  # a key that is not known may be a new one, or made up

_lock = threading.Lock()
_keys: dict[str, Any] = {}
_keys_at = float("-inf")


class TokenRefused(Exception):
    """The token proves nothing; the text says why, and holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom Supabase vouches for. The role is of `app_metadata`, which only the firm's own servers write."""

    subject: str
    email: str
    role: str


def forget_keys() -> None:
    """Fetch the keys anew when they are needed next."""
    global _keys_at  # noqa: PLW0603 (one set for all threads of the process)
    with _lock:
        _keys.clear()
        _keys_at = float("-inf")


def read_token(token: Any) -> Vouched:
    """Return whom the token vouches for. Raises TokenRefused, and client.Away where its key cannot be had."""
    try:
        key, algorithm = _key_of(jwt.get_unverified_header(token))
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=AUDIENCE,
            issuer=issuer(),
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "sub", "aud", "iss"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise TokenRefused(type(error).__name__) from None
    return _vouched(claims)


def _vouched(claims: dict[str, Any]) -> Vouched:
    subject, email, given = claims["sub"], claims.get("email"), claims.get("app_metadata")
    is_person = claims.get("role") == AUDIENCE and not claims.get("is_anonymous")
    if not is_person or not isinstance(email, str) or "@" not in email or not subject:
        raise TokenRefused("not a person")
    role = given.get("role") if isinstance(given, dict) else None
    return Vouched(str(subject)[:64], email.lower(), role if isinstance(role, str) else "")


def _key_of(header: dict[str, Any]) -> tuple[Any, str]:
    """Return the key, and the one algorithm that it is for: the token itself never decides what a key is."""
    algorithm = header.get("alg")
    if algorithm == LEGACY and settings.SUPABASE_JWT_SECRET:
        return settings.SUPABASE_JWT_SECRET.encode(), LEGACY
    family = FAMILIES.get(str(algorithm))
    found = _public_key(str(header.get("kid"))) if family else None
    if found is None or found.key_type != family:
        raise TokenRefused("no key")
    return found.key, str(algorithm)


def _public_key(kid: str) -> Any:
    global _keys_at  # noqa: PLW0603
    with _lock:
        age = time.monotonic() - _keys_at
        if age > KEYS_LAST_SECONDS or (kid not in _keys and age > KEYS_AGAIN_SECONDS):
            found = _usable(client.key_set())
            _keys.clear()
            _keys.update(found)
            _keys_at = time.monotonic()
        return _keys.get(kid)


def _usable(key_set: dict[str, Any]) -> dict[str, Any]:
    """Read the keys that can verify; a set of nonsense holds none."""
    given = key_set.get("keys")
    found = {}
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict) and one.get("kty") in FAMILIES.values() and one.get("use") in (None, "sig"):
            try:
                found[str(one.get("kid"))] = jwt.PyJWK(one)
            except jwt.PyJWTError:  # noqa: PERF203 (one bad key spoils no other)
                continue
    return found
