"""Checks of this server: environment, Redis, disk, programs, and who hears of trouble; no database is needed."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from buhbot.ops.backup.programs import DEBIAN
from buhbot.ops.checks import LOOPBACK, check_environment
from buhbot.ops.doctor import Finding, Level, verdict
from buhbot.ops.state import redis_answers

FULL_PERCENT = 85
TRANSACTION_POOLER = 6543
ENCRYPTED = {"require", "verify-ca", "verify-full"}


def environment(_now: datetime) -> Iterator[Finding]:
    """Every variable that is missing or malformed (RUN-03)."""
    errors = check_environment()
    if not errors:
        yield Finding("environment", Level.OK, "every variable is set as it should be")
    for error in errors:
        yield Finding("environment", Level.PROBLEM, error.msg, error.hint or "")


def debug(_now: datetime) -> Iterator[Finding]:
    """A server shows no pages of errors with details."""
    trouble = "DEBUG is on: errors show what is inside" if settings.DEBUG else ""
    yield verdict("debug", trouble, fine="off", hint="Take DEBUG out of .env.", level=Level.WARNING)


def addresses(_now: datetime) -> Iterator[Finding]:
    """The way to the database is encrypted, and migrations do not go through the transaction pooler (DB-01)."""
    for alias, told in settings.DATABASES.items():
        name = "DATABASE_MIGRATION_URL" if alias == "owner" else "DATABASE_URL"
        host, mode = str(told.get("HOST") or ""), (told.get("OPTIONS") or {}).get("sslmode", "")
        is_bare = bool(host) and host not in LOOPBACK and not host.startswith("/") and mode not in ENCRYPTED
        yield verdict(
            f"encryption of {name}",
            f"sslmode is {mode or 'not set'}" if is_bare else "",
            fine="encrypted, or on this machine",
            hint=f"Append ?sslmode=require to {name}.",
        )
        if alias == "owner":
            yield verdict(
                f"pooler of {name}",
                "goes to the transaction pooler (6543)" if told.get("PORT") == TRANSACTION_POOLER else "",
                fine="a session connection",
                hint="Take the direct connection or the Session pooler, port 5432: migrate and backup need a session.",
            )
    session = settings.DATABASE_SESSION_URL
    is_pooled = bool(session) and urlsplit(session).port == TRANSACTION_POOLER
    yield verdict(
        "pooler of DATABASE_SESSION_URL",
        "goes to the transaction pooler (6543), which cannot LISTEN" if is_pooled else "",
        fine="a session connection" if session else "not set: the bot asks once a second",
        hint="Take the Session pooler, port 5432.",
    )


def redis(_now: datetime) -> Iterator[Finding]:
    """The broker answers."""
    trouble = "" if redis_answers() else "does not answer"
    hint = "docker compose up -d redis; while it is away, the bot runs the timers itself."
    yield verdict("redis", trouble, fine="answers", hint=hint)


def disk(_now: datetime) -> Iterator[Finding]:
    """There is room on the disks of files and archives."""
    for name in ("FILES_FOLDER", "BACKUP_FOLDER"):
        used = _used_percent(Path(getattr(settings, name)))
        trouble = f"{used} % is used" if used >= FULL_PERCENT else ""
        hint = "docker image prune; journalctl --vacuum-size=200M; see disaster-recovery.md, disk full."
        yield verdict(f"disk of {name}", trouble, fine=f"{used} % is used", hint=hint)


def _used_percent(folder: Path) -> int:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return round(usage.used * 100 / usage.total)


def notices(_now: datetime) -> Iterator[Finding]:
    """Somebody outside hears when the server is silent, and there is a chat for operators (MON-07)."""
    yield verdict(
        "heartbeat",
        ""
        if settings.HEARTBEAT_URL
        else "HEARTBEAT_URL is not set: nobody hears when the whole server is silent",
        fine="set",
        hint="Make a check at healthchecks.io or the like, one minute, and set its address.",
        level=Level.WARNING,
    )
    yield verdict(
        "notices to operators",
        "" if settings.OPS_CHAT_ID else "OPS_CHAT_ID is not set",
        fine="set",
        hint="The number of the operators' chat; /diagnose in it shows the number.",
        level=Level.WARNING,
    )


def backup_settings(_now: datetime) -> Iterator[Finding]:
    """Archives are encrypted, and stand at another provider too (BAK-01)."""
    missing = [
        name
        for name in DEBIAN
        if shutil.which(name) is None and (name != "age" or settings.BACKUP_AGE_RECIPIENT)
    ]
    yield verdict(
        "programs of the backup",
        f"missing: {', '.join(missing)}" if missing else "",
        fine="installed",
        hint="apt install age postgresql-client-17; the image has them.",
        level=Level.WARNING,
    )
    yield verdict(
        "backup at another provider",
        ""
        if settings.BACKUP_S3_ENDPOINT_URL
        else "BACKUP_S3_ENDPOINT_URL is not set: a lost disk takes the backups too",
        fine="set",
        hint="Set BACKUP_S3_…, of another provider than the database's.",
        level=Level.WARNING,
    )
    yield verdict(
        "encryption of backups",
        "" if settings.BACKUP_AGE_RECIPIENT else "BACKUP_AGE_RECIPIENT is not set",
        fine="encrypted",
        hint="age-keygen -o key.txt; keep key.txt off this server.",
        level=Level.WARNING,
    )


CHECKS = (environment, debug, addresses, redis, disk, notices, backup_settings)
