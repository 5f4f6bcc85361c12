"""Checks that ask the database: roles, rights, migrations, size, clock, timers, and the first steps (DB-02, ADM-08)."""

import time
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, connections

from buhbot.admin.first_steps import first_steps as steps_of_home
from buhbot.ops.bootstrap import CREATE_ROLE, SCHEMA
from buhbot.ops.database import as_owner, migration_alias
from buhbot.ops.doctor import Finding, Level, verdict
from buhbot.ops.grants import DOORS, read_catalogue
from buhbot.ops.state import current_state

MEGABYTE = 1024 * 1024
SIZE_PERCENT = 80
SKEW_SECONDS = 2.0
OPEN_TABLES = """
SELECT relname::text FROM pg_class
WHERE relnamespace = to_regnamespace(%s) AND relkind IN ('r', 'p') AND NOT relrowsecurity ORDER BY 1
"""
OPEN_DOORS = """
SELECT rolname::text FROM pg_roles WHERE rolname = ANY (%s) AND has_schema_privilege(rolname, %s, 'USAGE') ORDER BY 1
"""
TOO_MIGHTY = (
    "SELECT current_user::text FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
)


def _column(sql: str, *params: str | list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [str(row[0]) for row in cursor.fetchall()]


def roles(_now: datetime) -> Iterator[Finding]:
    """All roles are there, and the product does not work as one that no rule holds (SEC-01)."""
    missing = sorted(CREATE_ROLE.keys() - set(_column("SELECT rolname FROM pg_roles")))
    trouble = f"missing: {', '.join(missing)}" if missing else ""
    yield verdict(
        "roles", trouble, fine="all are there", hint="manage.py migrate, or infra/supabase/bootstrap.sql."
    )
    mighty = _column(TOO_MIGHTY)
    yield verdict(
        "login of DATABASE_URL",
        f"«{mighty[0]}» passes every row policy" if mighty else "",
        fine="held by the row policies",
        hint="Use buhbot_web for web and buhbot_service for everything else.",
        level=Level.WARNING,
    )


def rights(_now: datetime) -> Iterator[Finding]:
    """Row policies are on everywhere, and Supabase's own doors are shut (SEC-01, SEC-02)."""
    hint = "manage.py apply_access"
    bare = _column(OPEN_TABLES, SCHEMA)
    trouble = f"off for {', '.join(bare)}" if bare else ""
    yield verdict("row level security", trouble, fine="on for every table", hint=hint)
    doors = _column(OPEN_DOORS, list(DOORS), SCHEMA)
    trouble = f"{', '.join(doors)} may enter the schema" if doors else ""
    yield verdict("Supabase's API roles", trouble, fine="shut out", hint=hint)


def access(_now: datetime) -> Iterator[Finding]:
    """Grants and policies are as `apply_access` left them."""
    owner = connections[migration_alias()]
    try:
        with as_owner(owner):
            catalogue = read_catalogue(owner)
    except CommandError as error:
        yield Finding("access", Level.WARNING, "not looked at: only the owner can", str(error))
        return
    is_same = catalogue.comment.startswith("access ") and catalogue.comment.endswith(f" {catalogue.state}")
    trouble = "" if is_same else "somebody changed grants or policies by hand"
    yield verdict("access", trouble, fine="as buhbot/access.py says", hint="manage.py apply_access")


def state(_now: datetime) -> Iterator[Finding]:
    """Migrations, timers and the inbox: what /health/ready goes by (MON-05)."""
    found = current_state()
    missing = ", ".join(found.missing_migrations)
    trouble = f"not applied: {missing}" if missing else ""
    yield verdict("migrations", trouble, fine="applied", hint="manage.py migrate")
    age = found.tick_age_seconds
    shown = "never ran" if age is None else f"last ran {age:.0f} s ago"
    hint = "docker compose up -d worker beat bot"
    yield verdict("timers", shown if "tick" in found.problems else "", fine=shown, hint=hint)
    waits = f"the oldest update waits for {found.inbox_age_seconds or 0:.0f} s"
    yield verdict(
        "inbox", waits if "inbox" in found.problems else "", fine=waits, hint="docker compose up -d bot"
    )


def size(_now: datetime) -> Iterator[Finding]:
    """The plan's limits are not near (DB-01)."""
    database = float(_column("SELECT pg_database_size(current_database())")[0])
    storage = float(_column("SELECT value FROM storage_metrics()")[0])
    hint = "A larger plan, or fewer years of personal data (Settings)."
    yield _used("database size", database, settings.SUPABASE_DB_LIMIT_MB, hint=hint)
    yield _used("storage size", storage, settings.SUPABASE_STORAGE_LIMIT_MB, hint=hint)


def _used(name: str, used_bytes: float, limit_mb: int, *, hint: str) -> Finding:
    shown = f"{used_bytes / MEGABYTE:.0f} of {limit_mb} MB"
    is_near = used_bytes * 100 >= limit_mb * MEGABYTE * SIZE_PERCENT
    return verdict(name, shown if is_near else "", fine=shown, hint=hint)


def clock(_now: datetime) -> Iterator[Finding]:
    """This server and the database agree on the time; half of the way there and back is not held against them."""
    began = time.time()
    theirs = float(_column("SELECT extract(epoch FROM clock_timestamp())")[0])
    skew = abs(theirs - (began + time.time()) / 2)
    shown = f"differs by {skew:.1f} s from the database's"
    trouble = shown if skew > SKEW_SECONDS else ""
    yield verdict("clock", trouble, fine=shown, hint="timedatectl set-ntp true")


def first_steps(now: datetime) -> Iterator[Finding]:
    """What Home shows as first steps: token, webhook, calendar, staff, chats, storage, backups (ADM-08)."""
    for step in steps_of_home(now):
        yield verdict(
            "first steps",
            "" if step.is_done else f"not done: {step.title}",
            fine=step.title,
            hint=f"{step.how} {step.command}".strip(),
        )


CHECKS = (roles, rights, access, state, size, clock, first_steps)
