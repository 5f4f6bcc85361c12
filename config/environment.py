"""Reading of the environment, with errors that name the variable and what it must look like (RUN-03)."""

import os
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError

from buhbot.ops import checks
from buhbot.ops.addresses import database_at

env = environ.Env()

CANNOT_START = 3  # gunicorn's code for a worker that will never boot: it stops instead of starting it again
# What an operator can mend, by the code of Postgres.
DATABASE_HINTS = {
    "3F000": "It is empty: run manage.py migrate first.",
    "42P01": "It is empty, or of an older release: run manage.py migrate first.",
    "42703": "It is of an older release: run manage.py migrate first.",
    "42501": "The login in DATABASE_URL must be buhbot_service for this command.",
}
UNREACHABLE = (
    "Compare DATABASE_URL (for migrate and restore DATABASE_MIGRATION_URL) with Connect on Supabase, where a paused"
    " project is resumed on its dashboard. manage.py doctor looks at everything."
)


def refuse_to_start(error: Exception) -> NoReturn:
    """End the process with a clear line instead of a traceback (RUN-03)."""
    sys.stderr.write(f"BuhBot cannot start: {error}\n")
    sys.exit(CANNOT_START)


def refuse_to_go_on(error: DatabaseError) -> NoReturn:
    """End a command in a clear line where the database is away, not prepared, or open to others only (RUN-03).

    Any other error is a mistake of ours, and raised again.
    """
    hint = DATABASE_HINTS.get(getattr(error.__cause__, "sqlstate", None) or "")
    if isinstance(error, OperationalError):
        hint = hint or UNREACHABLE
    if not hint:
        raise error
    sys.stderr.write(f"The database refused: {str(error).splitlines()[0]}. {hint}\n")
    sys.exit(1)


def require_settings() -> None:
    """End the process, in clear lines, where a variable is missing or malformed (RUN-03)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        checks.require_sound_settings()
    except ImproperlyConfigured as error:
        refuse_to_start(error)


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


def choice(name: str, *, default: str, choices: Collection[str]) -> str:
    """Read one of a few words. Raises ImproperlyConfigured for any other (RUN-03)."""
    text = env.str(name, default="").strip() or default
    if text not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not «{text}».")
    return text


def time_zone(name: str, *, default: str) -> str:
    """Read the name of a time zone. Raises ImproperlyConfigured for an unknown one (RUN-03)."""
    text = env.str(name, default="").strip() or default
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(f"{name} must name a time zone such as {default}, not «{text}».") from None
    return text


def mail_server(name: str) -> dict[str, Any]:
    """Read the address of an SMTP server into Django's settings; none where it is not set (SEC-05)."""
    url = env.str(name, default="")
    if not url:
        return {}
    try:
        return dict(environ.Env.email_url_config(url))
    except (KeyError, ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(
            f"{name} must look like smtp+tls://user:password@smtp.example.com:587."
        ) from None


def passwords_of(*names: str) -> list[str]:
    """Return the passwords that stand in such addresses, as they are written and as they are meant (SEC-09)."""
    written = [_password_in(env.str(name, default="")) for name in names]
    return [*written, *map(unquote, written)]


def _password_in(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


def database(name: str) -> dict[str, Any]:
    """Read a Postgres URL into Django's form, safe for a transaction pooler (DB-01, SEC-02)."""
    return database_at(env.str(name, default=""), name=name)


def buckets(names: Iterable[str], *, folder: str, **server: str) -> dict[str, dict[str, Any]]:
    """Give Django's form of the buckets of clients' files: those of the S3 server, or folders (FIL-02)."""
    if server["endpoint_url"]:
        backend = "templates_app.storage_s3.S3Bucket"
        return {name: {"BACKEND": backend, "OPTIONS": {"bucket_name": name, **server}} for name in names}
    backend = "templates_app.storage_local.LocalBucket"
    return {
        name: {"BACKEND": backend, "OPTIONS": {"bucket": name, "location": str(Path(folder) / name)}}
        for name in names
    }
