"""`manage.py import_config FILE`: make the firm's configuration what the file says, all of it or nothing (BAK-03)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from buhbot.configuration import CannotImport, Difference, import_text


class Command(BaseCommand):
    """Shows what would change, asks, and changes all of it in one transaction."""

    help = (
        "Read what export_config wrote. Rows are found by their names; what the file does not name is left as it is,"
        " and nothing is deleted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whether to ask."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would change, and change nothing."
        )
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Show, ask, change."""
        try:
            text = options["file"].read_text("utf-8")
            found = import_text(text, now=timezone.now(), is_rehearsal=True)
            self._show(found)
            if not found or options["dry_run"]:
                return
            if not options["yes"] and input("Change this? Type yes: ").strip() != "yes":
                raise CommandError("Nothing was changed.")
            import_text(text, now=timezone.now(), is_rehearsal=False)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Cannot read {options['file']}: {error}") from error
        except CannotImport as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write(f"Changed: {len(found)}.")

    def _show(self, found: list[Difference]) -> None:
        for difference in found:
            for line in difference.lines():
                self.stdout.write(line)
        if not found:
            self.stdout.write("Nothing differs.")
