"""`manage.py verify_backup FILE`: restore into a scratch database and compare it with the manifest (BAK-02)."""

import time
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError, connections

from buhbot.ops.backup import archive
from buhbot.ops.backup.programs import BackupFailed
from buhbot.ops.backup.restoring import compare, load, opened, prepare
from buhbot.ops.database import attached, scratch


class Command(BaseCommand):
    """Exits with 1 unless every table comes back as it was."""

    help = (
        "Restore a backup into a scratch database, which goes afterwards, and compare every table's rows and checksum"
        " with what was counted when it was made."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and where a scratch database may be."""
        parser.add_argument("file", type=Path, help="The archive: buhbot-….tar or buhbot-….tar.age.")
        parser.add_argument("--identity", type=Path, help="The file with the secret key of age.")
        parser.add_argument(
            "--server",
            metavar="URL",
            help="A login that may create databases, instead of DATABASE_MIGRATION_URL: any Postgres will do.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore, compare, and take the scratch database away."""
        began = time.monotonic()
        try:
            with opened(options["file"], identity=options["identity"]) as (folder, manifest):
                wrong = self._compare(options["server"], folder / archive.DUMP, manifest)
        except (BackupFailed, ImproperlyConfigured) as error:
            raise CommandError(f"The backup is not good: {error}") from error
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(f"Not verified, the database refused: {str(error).strip()}") from error
        if wrong:
            raise CommandError("The backup is not good:\n" + "\n".join(wrong))
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(
            f"The backup of {manifest['created_at']} is good: {len(manifest['tables'])} tables, {rows} rows,"
            f" {manifest['media']['objects']} files named. Restored and compared in {time.monotonic() - began:.1f} s."
        )

    def _compare(self, server: str | None, dump: Path, manifest: dict[str, Any]) -> list[str]:
        with attached(server, name="--server") as alias, scratch(alias) as empty:
            connection = connections[empty]
            prepare(connection, is_forced=False)
            load(connection, dump)
            return compare(connection, manifest)
