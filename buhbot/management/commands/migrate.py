"""`migrate` from an empty database to one that serves: roles, schema, tables, access, role groups (SEC-01, RUN-06)."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from buhbot.ops.bootstrap import CannotBootstrap, bootstrap
from buhbot.ops.database import as_owner, migration_alias, only_one, use_schema

LOOKS_ONLY = ("plan", "check_unapplied")


class Command(DjangoMigrate):
    """Django's, run as the owner of the tables, between the making of roles and the giving of rights."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=migration_alias())

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        connection = connections[alias]
        if any(options[option] for option in LOOKS_ONLY):
            use_schema(connection)
            super().handle(*args, **options)
            return
        with only_one(connection):
            self._bootstrap(alias)
            with as_owner(connection):
                super().handle(*args, **options)
                self._give_rights(alias, options)

    def _bootstrap(self, alias: str) -> None:
        try:
            bootstrap(connections[alias], login_serves=_user(alias) == _user("default"))
        except CannotBootstrap as error:
            raise CommandError(str(error)) from error

    def _give_rights(self, alias: str, options: dict[str, Any]) -> None:
        if options["app_label"]:  # a step by hand: tables that the page names may be missing on purpose
            self.stdout.write("Rights stay as they are: run `migrate` without arguments at the end.")
            return
        call_command("apply_access", database=alias, verbosity=options["verbosity"])
        call_command("sync_roles", database=alias, verbosity=options["verbosity"])


def _user(alias: str) -> str:
    return str(connections.databases.get(alias, {}).get("USER", ""))
