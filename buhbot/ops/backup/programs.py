"""The programs of a backup: pg_dump, pg_restore, psql and age, with errors that say what to do."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

LOOK_SECONDS = 5.0
DEBIAN = {"age": "age"} | dict.fromkeys(("pg_dump", "pg_restore", "psql"), "postgresql-client")
# What of a Django connection libpq's programs read from the environment, so that no password is in a command line.
VARIABLES = {
    "HOST": "PGHOST",
    "PORT": "PGPORT",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "NAME": "PGDATABASE",
}
OPTIONS = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
Look = Callable[[], None]


class BackupFailed(Exception):
    """The backup, or what is done with one, cannot be trusted; the text says why and what helps."""


def program(name: str) -> str:
    """Return the path of a program. Raises BackupFailed where it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise BackupFailed(
            f"{name} is not on this machine: on Debian and Ubuntu, apt install {DEBIAN[name]}."
        )
    return found


def database_environment(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the environment in which Postgres' programs reach the same database as the connection."""
    told: dict[str, Any] = connection.settings_dict
    found = {VARIABLES[key]: str(told[key]) for key in VARIABLES if told.get(key)}
    options = told.get("OPTIONS") or {}
    found |= {OPTIONS[key]: str(options[key]) for key in OPTIONS if key in options}
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")} | found


def run(command: Sequence[str], *, look: Look | None = None, **options: Any) -> bytes:
    """Run to the end and return what it printed; `look` is called every few seconds. Raises BackupFailed."""
    name = Path(command[0]).name
    with subprocess.Popen(  # noqa: S603 (our own programs, arguments as a list)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    ) as process:
        try:
            out, err = _wait(process, look)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise BackupFailed(f"{name} failed: {last_words(err) or f'exit code {process.returncode}'}")
    return out


def _wait(process: subprocess.Popen[bytes], look: Look | None) -> tuple[bytes, bytes]:
    while True:
        try:
            return process.communicate(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if look:
                look()


def last_words(errors: bytes) -> str:
    """Return the last lines that a program said; they never hold a password, which it has from the environment."""
    lines = [line.strip() for line in errors.decode(errors="replace").splitlines() if line.strip()]
    return " / ".join(lines[-3:])


def require_new_enough(connection: BaseDatabaseWrapper) -> str:
    """Return the version of pg_dump. Raises BackupFailed for one that is older than the server."""
    version = run([program("pg_dump"), "--version"]).decode().strip()
    found = re.search(r"(\d+)(?:\.\d+)*", version)
    with connection.cursor() as cursor:
        server = cursor.connection.info.server_version // 10_000
    if found is None or int(found[1]) < server:
        raise BackupFailed(
            f"{version} is older than the server (Postgres {server}): install postgresql-client-{server}."
        )
    return version
