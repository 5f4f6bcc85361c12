"""`manage.py backup`: database, list of files, configuration; here and at another provider (BAK-01)."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from buhbot.configuration import export_text
from buhbot.ops.backup.making import MEGABYTE, make_backup
from buhbot.ops.backup.programs import BackupFailed
from buhbot.services.backups import register_backup


class Command(BaseCommand):
    """Exits with 1 on any doubt, and says what it is about."""

    help = (
        "Back up the database (pg_dump), the list of clients' files and the configuration into BACKUP_FOLDER and, where"
        " it is set, BACKUP_S3_BUCKET; encrypted for BACKUP_AGE_RECIPIENT. Keeps 7 daily and 4 weekly archives."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make the backup, and write down that it was made."""
        began, now = time.monotonic(), timezone.now()
        try:
            made = make_backup(now=now, configuration=export_text, report=self._say)
            register_backup(
                name=made.name, made_at=now, size_bytes=made.size, sha256=made.sha256, places=made.places
            )
        except BackupFailed as error:
            raise CommandError(f"The backup failed: {error}") from error
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(f"The backup failed, the database refused: {str(error).strip()}") from error
        if made.missing_objects:
            self.stderr.write(
                f"{made.missing_objects} files of clients are missing in the storage;"
                " media.jsonl in the archive names them."
            )
        self._say(
            f"Done in {time.monotonic() - began:.1f} s: {made.name}, {made.size / MEGABYTE:.1f} MB,"
            f" SHA-256 {made.sha256}, in {' and '.join(made.places)}."
        )

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
