"""Makes a backup: one snapshot of the database, the list of files, the configuration; packed, sealed, kept (BAK-01)."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.module_loading import import_string

from buhbot.ops.backup import archive, measuring, retention
from buhbot.ops.backup.places import Bucket, Folder
from buhbot.ops.backup.programs import BackupFailed, database_environment, program, require_new_enough, run
from buhbot.ops.bootstrap import OWNER, SCHEMA
from buhbot.ops.database import as_owner, migration_alias

LOCK = 0x6275_626B  # "bubk"
STAGING = ".unfinished-"
MEGABYTE = 1024 * 1024
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A client's file in the storage; missing: a row names it and the storage does not have it, or not that size."""

    bucket: str
    key: str
    size: int
    sha256: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """An archive that is whole and where it should be."""

    name: str
    size: int
    sha256: str
    places: tuple[str, ...]
    missing_objects: int


def make_backup(*, now: datetime, configuration: Callable[[], str], report: Report) -> Made:
    """Make an archive, keep it in the folder and the bucket, and delete what is too old.

    Needs a session connection as owner (DATABASE_MIGRATION_URL). Raises BackupFailed on any doubt; then nothing
    old is deleted.
    """
    connection = connections[migration_alias()]
    try:
        with _alone(connection), _staging() as (folder, staging):
            manifest = _collect(connection, staging, now, configuration, report)
            made = _keep(folder, staging, manifest, now, report)
    except OSError as error:
        raise BackupFailed(f"The disk refused: {error}. Look at the free space (df -h).") from error
    except DatabaseError as error:
        raise BackupFailed(f"The database refused: {str(error).strip()}") from error
    return made


@contextmanager
def _alone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Keep a second backup of the same database out, on whatever host it runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise BackupFailed("Another backup of this database is running; this one ends.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _staging() -> Iterator[tuple[Path, Path]]:
    """Make a folder on the disk of the archives, for nobody else to read; it goes, whatever happens."""
    folder = Path(settings.BACKUP_FOLDER)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob(f"{STAGING}*"):  # by a backup that was killed
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=STAGING, dir=folder) as name:
        yield folder, Path(name)


def _collect(
    connection: BaseDatabaseWrapper,
    staging: Path,
    now: datetime,
    configuration: Callable[[], str],
    report: Report,
) -> dict[str, Any]:
    pg_dump = require_new_enough(connection)
    with as_owner(connection), _snapshot(connection) as (snapshot, server):
        _dump(connection, snapshot, staging / archive.DUMP, report)
        tables = measuring.measure(connection)
        with connection.cursor() as cursor:
            cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
            migrations = [name for (name,) in cursor.fetchall()]
    report(f"Counted {sum(found.rows for found in tables.values())} rows of {len(tables)} tables.")
    media = _list_media(staging / archive.MEDIA)
    report(f"Listed {media['objects']} files of clients; {media['missing']} are missing in the storage.")
    (staging / archive.CONFIG).write_text(configuration(), "utf-8")
    return {
        "format": archive.FORMAT,
        "created_at": now.isoformat(),
        "server": server,
        "pg_dump": pg_dump,
        "migrations": migrations,
        "tables": measuring.as_json(tables),
        "media": media,
        "members": archive.describe(staging),
    }


@contextmanager
def _snapshot(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """Hold one moment of the database, for pg_dump and for the counts that are compared with it later."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
            yield cursor.fetchone()
        finally:
            cursor.execute("ROLLBACK")


def _dump(connection: BaseDatabaseWrapper, snapshot: str, target: Path, report: Report) -> None:
    command = [
        *(program("pg_dump"), "--format=custom", f"--schema={SCHEMA}", f"--role={OWNER}", "--no-password"),
        *(f"--snapshot={snapshot}", f"--file={target}"),
    ]
    began = time.monotonic()
    environment = database_environment(connection)
    run(command, look=lambda: report(f"Dumping: {_megabytes(target)} MB …"), env=environment)
    # A dump that was cut off still has its list of contents: only reading it to the end tells.
    run([program("pg_restore"), "--file=/dev/null", str(target)])
    report(f"Dumped the database: {_megabytes(target)} MB in {time.monotonic() - began:.1f} s.")


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / MEGABYTE:.1f}" if path.exists() else "0"


def _list_media(target: Path) -> dict[str, int]:
    found = {"objects": 0, "bytes": 0, "missing": 0}
    with target.open("w", encoding="utf-8") as file:
        for stored in _stored_objects():
            row = {"bucket": stored.bucket, "key": stored.key, "size": stored.size, "sha256": stored.sha256}
            file.write(json.dumps(row | ({"missing": True} if stored.is_missing else {})) + "\n")
            found["objects"] += 1
            found["bytes"] += stored.size
            found["missing"] += stored.is_missing
    return found


def _stored_objects() -> Iterator[StoredObject]:
    for path in settings.BACKUP_MEDIA:
        objects: Callable[[], Iterable[StoredObject]] = import_string(path)
        yield from objects()


def _keep(folder: Path, staging: Path, manifest: dict[str, Any], now: datetime, report: Report) -> Made:
    recipient = settings.BACKUP_AGE_RECIPIENT
    name = retention.name_of(now, is_encrypted=bool(recipient))
    file = staging / "archive.tar"
    archive.pack(staging, file, manifest)
    if recipient:
        plain, file = file, staging / "archive.tar.age"
        archive.encrypt(plain, file, recipient)
    size, sha256 = file.stat().st_size, archive.sha256_of(file)
    here, places = Folder(folder), [str(folder)]
    bucket = Bucket() if settings.BACKUP_S3_ENDPOINT_URL else None
    here.take(file, name)
    report(
        f"Wrote {folder / name}: {size / MEGABYTE:.1f} MB, {'encrypted' if recipient else 'NOT encrypted'}."
    )
    if bucket:
        bucket.take(folder / name, name, sha256)
        places.append(bucket.name)
        report(f"Uploaded it to {bucket.name}, read it back and compared it.")
    _clear(here, report)
    if bucket:
        _clear(bucket, report)
    return Made(name, size, sha256, tuple(places), manifest["media"]["missing"])


def _clear(place: Folder | Bucket, report: Report) -> None:
    for name in retention.superfluous(place.names()):
        place.delete(name)
        report(f"Deleted {name} in {place.name}: 7 daily and 4 weekly archives are kept.")
