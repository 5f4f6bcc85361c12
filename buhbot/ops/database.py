"""The connection that migrates: which one it is, and how it acts as the owner of the tables (SEC-01)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, DataError, ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from buhbot.ops.addresses import database_at
from buhbot.ops.bootstrap import OWNER, SCHEMA

OWNER_ALIAS = "owner"
MIGRATION_LOCK = 0x6275_6862  # "buhb"
SECONDS_BETWEEN_TRIES = 0.5


def migration_alias() -> str:
    """Return the database alias that migrates: DATABASE_MIGRATION_URL's where it is set."""
    return OWNER_ALIAS if OWNER_ALIAS in connections.databases else DEFAULT_DB_ALIAS


def use_schema(connection: BaseDatabaseWrapper) -> None:
    """Find our tables on this connection, whatever search path the login has."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = {SCHEMA}")


@contextmanager
def as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Act as the owner of the tables for a while. Needs a session connection, not a transaction pooler."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('search_path')")
        role, path = cursor.fetchone()
        try:
            cursor.execute(f"SET ROLE {OWNER}")
        except (ProgrammingError, DataError) as error:  # not a member; no such role yet
            raise CommandError(
                f"«{role}» may not act as {OWNER}. Set DATABASE_MIGRATION_URL to the login that owns the tables"
                " or may create roles (on Supabase: postgres)."
            ) from error
    use_schema(connection)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('role', %s, false), set_config('search_path', %s, false)", [role, path]
            )


@contextmanager
def only_one(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Wait until no other migration of this database runs, and keep others waiting.

    Tries again and again rather than waiting inside one query: an open query would stop the other's
    CREATE INDEX CONCURRENTLY for ever.
    """
    with connection.cursor() as cursor:
        while not _locked(cursor):
            time.sleep(SECONDS_BETWEEN_TRIES)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _locked(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK])
    return bool(cursor.fetchone()[0])


@contextmanager
def attached(url: str | None, *, name: str) -> Iterator[str]:
    """Return the alias of the database at a URL, known for a while; without a URL, of the one that migrates.

    Raises ImproperlyConfigured, which calls the URL by `name`.
    """
    if url is None:
        yield migration_alias()
        return
    with _known_as("attached", database_at(url, name=name)) as alias:
        yield alias


@contextmanager
def scratch(alias: str) -> Iterator[str]:
    """Make an empty database on the same server, return its alias, and drop it afterwards."""
    database = f"buhbot_scratch_{uuid4().hex[:12]}"
    with connections[alias].cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {database}")
    try:
        with _known_as("scratch", {**connections.databases[alias], "NAME": database}) as scratch_alias:
            yield scratch_alias
    finally:
        with connections[alias].cursor() as cursor:
            cursor.execute(f"DROP DATABASE {database} WITH (FORCE)")


@contextmanager
def _known_as(alias: str, address: dict[str, Any]) -> Iterator[str]:
    told = connections.configure_settings({DEFAULT_DB_ALIAS: {}, alias: address})[alias]
    connections.databases[alias] = told
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]
