"""`manage.py fetch_backup [FILE]`: bring an archive back from the other provider, for a new server (BAK-05)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from buhbot.ops.backup.places import Bucket, Folder
from buhbot.ops.backup.programs import BackupFailed
from buhbot.ops.backup.retention import made_at


class Command(BaseCommand):
    """Exits with 1 when there is no bucket, no such archive, or no way to it."""

    help = "List the archives in BACKUP_S3_BUCKET, newest first; or bring one of them into BACKUP_FOLDER."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of an archive, or `newest`."""
        parser.add_argument(
            "file", nargs="?", help="The archive's name, or: newest. Without it they are listed."
        )

    def handle(self, *_args: Any, file: str | None, **_options: Any) -> None:
        if not settings.BACKUP_S3_ENDPOINT_URL:
            raise CommandError("BACKUP_S3_ENDPOINT_URL is not set: there is no other place to fetch from.")
        try:
            bucket = Bucket()
            names = sorted(filter(made_at, bucket.names()), reverse=True)
            if file is None:
                self.stdout.write("\n".join(names) or f"{bucket.name} holds no archive.")
            else:
                self.stdout.write(str(self._fetch(bucket, names, file)))
        except BackupFailed as error:
            raise CommandError(str(error)) from error

    def _fetch(self, bucket: Bucket, names: list[str], wanted: str) -> Path:
        """Bring it whole, or not at all, and return where it is."""
        name = names[0] if wanted == "newest" and names else wanted
        if name not in names:
            raise BackupFailed(f"{bucket.name} holds no archive {wanted}; without a name they are listed.")
        folder = Path(settings.BACKUP_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        coming = folder / f".{name}.part"
        try:
            bucket.fetch(name, coming)
            Folder(folder).take(coming, name)
        finally:
            coming.unlink(missing_ok=True)
        return folder / name
