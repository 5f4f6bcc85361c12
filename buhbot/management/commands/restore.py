"""`manage.py restore FILE`: bring the database of a backup back, whole or not at all (BAK-02)."""

import time
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError, connections

from buhbot.ops.backup import archive
from buhbot.ops.backup.programs import BackupFailed
from buhbot.ops.backup.restoring import compare, load, opened, prepare, require_known
from buhbot.ops.database import attached

NEXT = """What is next:
  1. Point DATABASE_URL, DATABASE_MIGRATION_URL and DATABASE_SESSION_URL at this database, if it is another one, and
     give its logins their passwords: ALTER ROLE buhbot_service PASSWORD '…'; the same for buhbot_web.
  2. Start web, bot, worker and beat: docker compose up -d --wait
  3. Tell Telegram where to post: manage.py set_webhook
  4. manage.py doctor says what is still wrong.
Clients' files are not in the archive: media.jsonl in it names each of them, with bucket, key, size and SHA-256."""


class Command(BaseCommand):
    """Exits with 1, and changes nothing, unless all of it came back."""

    help = "Restore a backup into the database of DATABASE_MIGRATION_URL, or into another one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and where to restore it."""
        parser.add_argument("file", type=Path, help="The archive: buhbot-….tar or buhbot-….tar.age.")
        parser.add_argument(
            "--into", metavar="URL", help="Another database: postgres://user:password@host:5432/name."
        )
        parser.add_argument("--force", action="store_true", help="Replace what the database holds, for good.")
        parser.add_argument("--identity", type=Path, help="The file with the secret key of age.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore, migrate to this release, and give the rights."""
        began = time.monotonic()
        try:
            with attached(options["into"], name="--into") as alias:
                self._restore(alias, options)
        except (BackupFailed, ImproperlyConfigured) as error:
            raise CommandError(f"Not restored: {error}") from error
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(f"Not restored, the database refused: {str(error).strip()}") from error
        self.stdout.write(f"Restored in {time.monotonic() - began:.1f} s.\n{NEXT}")

    def _restore(self, alias: str, options: dict[str, Any]) -> None:
        connection = connections[alias]
        with opened(options["file"], identity=options["identity"]) as (folder, manifest):
            require_known(manifest)
            self.stdout.write(f"The archive of {manifest['created_at']} is whole.")
            prepare(connection, is_forced=options["force"])
            load(connection, folder / archive.DUMP)
            wrong = compare(connection, manifest)
        if wrong:
            raise BackupFailed("what came back is not what was saved:\n" + "\n".join(wrong))
        self.stdout.write(f"{len(manifest['tables'])} tables are as they were.")
        call_command("migrate", database=alias, verbosity=0)
        self.stdout.write("Migrations, access and roles are those of this release.")
