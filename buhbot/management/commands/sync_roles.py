"""Make and keep the groups of the roles; `migrate` does it by itself (RBAC-01)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from buhbot.ops.database import as_owner, migration_alias
from buhbot.services.roles import PermissionMissing, sync_roles


class Command(BaseCommand):
    help = "Make the groups of the roles and add the rights that buhbot/roles.py names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", default=migration_alias(), choices=tuple(connections))

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        try:
            with as_owner(connections[alias]):
                done = sync_roles(using=alias)
        except PermissionMissing as error:
            raise CommandError(f"No model has these permissions: {error}. Run migrate first.") from error
        for group in done:
            if group.added and options["verbosity"]:
                self.stdout.write(f"{group.role.value}: {group.added} rights added.")
            if group.extra and options["verbosity"]:
                self.stdout.write(f"{group.role.value}: given by hand, kept: {', '.join(group.extra)}.")
