"""`manage.py export_config [FILE]`: what the firm set up, as JSON for version control (BAK-03)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from buhbot.configuration import export_text


class Command(BaseCommand):
    """Writes the same text for the same configuration."""

    help = "Write templates, FAQ, services, buttons, policies, calendars, tiers, settings as JSON; no people."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", nargs="?", type=Path, help="Where to; without it, to standard output.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it."""
        text = export_text()
        if options["file"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            options["file"].write_text(text, "utf-8")
        except OSError as error:
            raise CommandError(f"Cannot write {options['file']}: {error.strerror}") from error
        self.stderr.write(f"Wrote {options['file']}.")
