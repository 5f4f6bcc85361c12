"""`manage.py erase_client 501`: erase one client for good, at the client's request (SEC-14)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from buhbot.erasing import CannotErase, Counts, erase_client, names_of, rehearse
from buhbot.models import AuditEntry
from buhbot.services.audit import comes_from


class Command(BaseCommand):
    help = (
        "Erase the names, texts and files of one client; requests, times and counts stay, of nobody. It shows what"
        " would go and asks first. What stands in Telegram itself, and in backups, stays there (docs/privacy.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "telegram_id", type=int, help="The client's number in Telegram, as Admin shows it."
        )
        parser.add_argument("--dry-run", action="store_true", help="Show what would go, and erase nothing.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        number: int = options["telegram_id"]
        try:
            self._show(number, rehearse(number, now=timezone.now()))
            if options["dry_run"]:
                self.stdout.write("Nothing was erased.")
                return
            if not options["yes"]:
                self._ask(number)
            with comes_from(AuditEntry.Source.COMMAND):
                erase_client(number, actor=None, now=timezone.now())
        except CannotErase as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Erased. Copies of files leave the storage within minutes.")

    def _show(self, number: int, counts: Counts) -> None:
        names = names_of(number)
        if not names and not any(count for _name, count in counts):
            raise CommandError(f"Nobody of the number {number} is known.")
        self.stdout.write(f"{number}: {', '.join(names) or '—'}")
        for name, count in counts:
            self.stdout.write(f"  {name}: {count}")

    def _ask(self, number: int) -> None:
        if input(f"This cannot be undone. Type {number} to erase: ").strip() != str(number):
            raise CommandError("Nothing was erased.")
