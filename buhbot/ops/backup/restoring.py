"""Brings the database of an archive back, whole or not at all, and checks that it came back (BAK-02)."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from buhbot.ops.backup import archive, measuring
from buhbot.ops.backup.programs import BackupFailed, database_environment, last_words, program, run
from buhbot.ops.bootstrap import OWNER, SCHEMA, CannotBootstrap, bootstrap
from buhbot.ops.database import as_owner
from buhbot.ops.state import migrations_on_disk

# Made by the bootstrap and by `apply_access`, not by the dump.
NOT_RESTORED = (f" SCHEMA - {SCHEMA} ", f" COMMENT - SCHEMA {SCHEMA} ")
OPENING = f"BEGIN;\nSET LOCAL lock_timeout = '30s';\nSET ROLE {OWNER};\n"
EMPTY = f"""
DO $$ DECLARE thing record; BEGIN
    FOR thing IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = '{SCHEMA}'::regnamespace AND relkind IN ('v', 'm')
    LOOP EXECUTE format('DROP VIEW IF EXISTS %s CASCADE', thing.name); END LOOP;
    FOR thing IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = '{SCHEMA}'::regnamespace AND relkind IN ('r', 'p')
    LOOP EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', thing.name); END LOOP;
    FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = '{SCHEMA}'::regnamespace
    LOOP EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', thing.name); END LOOP;
END $$;
"""
CLOSING = "\nCOMMIT;\n"
PIECE = 1024 * 1024


@contextmanager
def opened(path: Path, *, identity: Path | None) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Decrypt, unpack and check an archive into a folder that goes afterwards; give the folder and the manifest."""
    with tempfile.TemporaryDirectory(prefix="buhbot-restore-") as name:
        folder = Path(name)
        yield folder, archive.unpack(path, folder, identity=identity)


def require_known(manifest: dict[str, Any]) -> None:
    """Raise BackupFailed for the archive of a newer release: this one would not know its tables."""
    unknown = sorted(set(manifest["migrations"]) - migrations_on_disk())
    if unknown:
        raise BackupFailed(
            f"The backup is of a newer release, which has {', '.join(unknown)}. Deploy that one first."
        )


def prepare(connection: BaseDatabaseWrapper, *, is_forced: bool) -> None:
    """Make roles and schema where they are missing. Raises BackupFailed for a database that has our tables."""
    try:
        bootstrap(connection, login_serves=_serves(connection))
    except CannotBootstrap as error:
        raise BackupFailed(str(error)) from error
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", [SCHEMA])
        count = cursor.fetchone()[0]
    if count and not is_forced:
        name = connection.settings_dict["NAME"]
        raise BackupFailed(
            f"The database «{name}» is not empty: it has {count} of our tables. Name an empty one with --into, or"
            " replace what is there for good with --force (stop web, bot, worker and beat first)."
        )


def _serves(connection: BaseDatabaseWrapper) -> bool:
    """Whether the login that restores also runs the product (a laptop)."""
    return bool(connection.settings_dict.get("USER") == connections.databases["default"].get("USER"))


def load(connection: BaseDatabaseWrapper, dump: Path) -> None:
    """Put the dump in the place of whatever our schema holds, in one transaction. Raises BackupFailed."""
    connection.close()  # it would hold nothing, but idle
    contents = dump.with_name("contents")
    contents.write_bytes(_wanted(run([program("pg_restore"), "--list", str(dump)])))
    reading = [
        program("pg_restore"),
        "--file=-",
        "--no-owner",
        "--no-privileges",
        f"--use-list={contents}",
        str(dump),
    ]
    writing = [
        program("psql"),
        "--no-psqlrc",
        "--quiet",
        "--no-password",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ]
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=words) as reader,  # noqa: S603
        subprocess.Popen(  # noqa: S603
            writing, stdin=subprocess.PIPE, stderr=words, env=database_environment(connection)
        ) as writer,
    ):
        is_whole = _pump(reader, writer)
        code = writer.wait()
        if code or not is_whole:
            words.seek(0)
            raise BackupFailed(f"Nothing was restored, all is as it was: {last_words(words.read())}")


def _pump(reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes]) -> bool:
    """Hand the script over; the transaction is committed only when the whole of it was read."""
    assert reader.stdout is not None  # noqa: S101 (both are pipes)
    assert writer.stdin is not None  # noqa: S101
    try:
        writer.stdin.write((OPENING + EMPTY).encode())
        while piece := reader.stdout.read(PIECE):
            writer.stdin.write(piece)
        is_whole = reader.wait() == 0
        if is_whole:
            writer.stdin.write(CLOSING.encode())
        writer.stdin.close()
    except BrokenPipeError:  # psql stopped at an error, and says which
        reader.kill()
        with contextlib.suppress(BrokenPipeError):
            writer.stdin.close()
        return False
    return is_whole


def _wanted(listed: bytes) -> bytes:
    lines = listed.decode().splitlines(keepends=True)
    return "".join(line for line in lines if not any(part in line for part in NOT_RESTORED)).encode()


def compare(connection: BaseDatabaseWrapper, manifest: dict[str, Any]) -> list[str]:
    """Say where the database is not what the manifest tells (row counts and checksums); nothing: it is."""
    with as_owner(connection), transaction.atomic(using=connection.alias):
        found = measuring.measure(connection)
    return measuring.differences(measuring.from_json(manifest["tables"]), found)
