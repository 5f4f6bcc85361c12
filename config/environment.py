"""Reading of the environment, with errors that name the variable and what it must look like (RUN-03)."""

from collections.abc import Mapping
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

DATABASE_SHAPE = "postgres://user:password@host:5432/name"


def flag(name: str, *, default: bool) -> bool:
    """Read a yes/no variable. Raises ImproperlyConfigured for anything but yes and no words (RUN-03)."""
    text = env.str(name, default="").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not «{text}».")


def number(name: str, *, default: int) -> int:
    """Read a whole number ≥ 0. Raises ImproperlyConfigured for anything else (RUN-03)."""
    text = env.str(name, default="").strip()
    if not text:
        return default
    if not text.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number such as {default}, not «{text}».")
    return int(text)


def database(name: str) -> dict[str, Any]:
    """Read a Postgres URL into Django's form, safe for a transaction pooler (DB-01, SEC-02)."""
    url = env.str(name, default="")
    try:
        parsed = dict(environ.Env.db_url_config(url))
        port = int(parsed["PORT"] or 5432)
    except (KeyError, ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(f"{name} must look like {DATABASE_SHAPE}.") from None
    if parsed["ENGINE"] != "django.db.backends.postgresql" or not parsed["NAME"]:
        raise ImproperlyConfigured(f"{name} must name a Postgres database, like {DATABASE_SHAPE}.")
    options: Mapping[str, Any] = parsed.get("OPTIONS") or {}
    return parsed | {
        "PORT": port,
        "OPTIONS": {"connect_timeout": 5, **options, "prepare_threshold": None},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
