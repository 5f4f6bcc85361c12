"""`manage.py purge_expired`: remove at once what the night would remove (SEC-14)."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from buhbot.preferences import preferences
from buhbot.purging import BATCH, pieces, purge
from buhbot.retention import Terms, terms

PROGRESS = 20 * BATCH


class Command(BaseCommand):
    help = (
        "Delete what is older than the terms of the settings and of docs/privacy.md, in small batches that hold up"
        " nobody. Celery does the same every night. Interrupted, it goes on where it stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Count what would go, and delete nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        years = preferences().retention_years
        limits = terms(timezone.now(), years=years)
        self.stdout.write(
            f"Data of people is kept for {years} years: from {limits.people:%Y-%m-%d %H:%M} UTC on."
        )
        if options["dry_run"]:
            self._count(limits)
        else:
            self._purge(limits)

    def _count(self, limits: Terms) -> None:
        for piece in pieces():
            self.stdout.write(f"{piece.name}: {piece.count(limits)}")
        self.stdout.write(
            "Nothing was deleted. What hangs on the rows, such as messages of requests, goes after them."
        )

    def _purge(self, limits: Terms) -> None:
        gone: Counter[str] = Counter()
        failed = 0
        for step in purge(limits):
            name = str(step.piece.name)
            gone[name] += step.gone
            if step.error:
                failed += 1
                self.stderr.write(f"{name}: left for the next run: {step.error.strip()}")
            elif gone[name] % PROGRESS == 0:
                self.stdout.write(f"{name}: {gone[name]} ...")
        for name, count in gone.items():
            self.stdout.write(f"{name}: {count} deleted")
        if not gone:
            self.stdout.write("Nothing is too old.")
        if failed:
            raise CommandError("Some of it was left for the next run.")
