"""What can be wrong with an installation, looked at one thing after the other (OPS, DB-02).

Rooms name their checks in `doctor.py`; the settings DOCTOR and DOCTOR_OF_DATABASE list them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils.module_loading import import_string
from django.utils.translation import override

from buhbot.ops.logging import MASK, SECRET

SECRETS = (
    "SECRET_KEY",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_WEBHOOK_SECRET",
    "OPS_BOT_TOKEN",
    "S3_SECRET_ACCESS_KEY",
    "BACKUP_S3_SECRET_ACCESS_KEY",
    "LLM_API_KEY",
    "HEARTBEAT_URL",
)


class Level(StrEnum):
    """How bad it is: a warning lets the product work."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; the hint says how to mend it."""

    name: str
    level: Level
    text: str
    hint: str = ""


Check = Callable[[datetime], Iterable[Finding]]


def verdict(name: str, trouble: str, *, fine: str, hint: str, level: Level = Level.PROBLEM) -> Finding:
    """Return what was found: fine when there is no trouble."""
    return Finding(name, level, trouble, hint) if trouble else Finding(name, Level.OK, fine)


def examine(now: datetime) -> Iterator[Finding]:
    """Look at everything; what needs the database is not asked while that is away. No secret is in any text."""
    with override("en"):
        yield from _all(settings.DOCTOR, now)
        if trouble := _trouble_with_database():
            yield _masked(
                Finding(
                    "database",
                    Level.PROBLEM,
                    f"does not answer: {trouble}; what needs it was not looked at",
                    "Compare DATABASE_URL with Connect on Supabase; a paused project is resumed on its dashboard.",
                )
            )
            return
        yield from _all(settings.DOCTOR_OF_DATABASE, now)


def _trouble_with_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        return _first_line(error)
    return ""


def _all(paths: Iterable[str], now: datetime) -> Iterator[Finding]:
    for path in paths:
        checks: Iterable[Check] = import_string(path)
        for check in checks:
            yield from _one(check, now)


def _one(check: Check, now: datetime) -> Iterator[Finding]:
    try:
        found = list(check(now))
    except Exception as error:  # noqa: BLE001 (one check of many: whatever it raises is what is wrong)
        hint = "Mend what is said above, then run doctor again."
        found = [
            Finding(
                check.__name__.replace("_", " "),
                Level.PROBLEM,
                f"cannot be looked at: {_first_line(error)}",
                hint,
            )
        ]
    yield from map(_masked, found)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _masked(finding: Finding) -> Finding:
    return Finding(finding.name, finding.level, mask(finding.text), finding.hint)


def mask(text: str) -> str:
    """Put stars in the place of tokens, of passwords in addresses, and of every secret that is set (SEC-09)."""
    passwords = [str(told.get("PASSWORD") or "") for told in settings.DATABASES.values()]
    for secret in [*(str(getattr(settings, name, "")) for name in SECRETS), *passwords]:
        text = text.replace(secret, MASK) if secret else text
    return SECRET.sub(MASK, text)
