"""Make grants and row policies match `buhbot/access.py`; `migrate` does it by itself (SEC-01)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from buhbot.ops.database import as_owner, migration_alias
from buhbot.ops.grants import AccessMismatch, apply_access


class Command(BaseCommand):
    help = "Make the database's grants and row policies match buhbot/access.py."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", default=migration_alias(), choices=tuple(connections))

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        try:
            with as_owner(connection):
                changed = apply_access(connection)
        except AccessMismatch as error:
            raise CommandError(f"Access was not applied: {error}") from error
        if options["verbosity"]:
            self.stdout.write("Access applied." if changed else "Access is as it should be.")
