"""Addresses of Postgres in Django's form (DB-01, SEC-02)."""

from collections.abc import Mapping
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from buhbot.ops import DATABASE_SHAPE


def database_at(url: str, *, name: str) -> dict[str, Any]:
    """Return Django's form of a Postgres URL, safe for a transaction pooler.

    Raises ImproperlyConfigured, which calls it by `name` and never shows it (RUN-03, SEC-09).
    """
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} must look like {DATABASE_SHAPE}.")
    try:
        parsed = dict(environ.Env.db_url_config(url))
        port = int(parsed["PORT"] or 5432)
    except (KeyError, ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(f"{name} must look like {DATABASE_SHAPE}.") from None
    if not parsed["NAME"]:
        raise ImproperlyConfigured(f"{name} must name a Postgres database, like {DATABASE_SHAPE}.")
    options: Mapping[str, Any] = parsed.get("OPTIONS") or {}
    return parsed | {
        "ENGINE": "buhbot.ops.postgres",
        "PORT": port,
        "OPTIONS": {"connect_timeout": 5, **options, "prepare_threshold": None},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
