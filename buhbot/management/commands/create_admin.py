"""Make the first administrator, or another one (OPS)."""

import getpass
import os
import sys
from contextlib import nullcontext
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import connections
from django.utils import timezone

from buhbot.models import AuditEntry, Role, User
from buhbot.ops.database import OWNER_ALIAS, as_owner, migration_alias
from buhbot.services.audit import Source, comes_from, record

PASSWORD_VARIABLE = "ADMIN_PASSWORD"  # noqa: S105 (a variable's name)


class Command(BaseCommand):
    help = (
        "Make an administrator who may sign in. The password is --password, else the variable"
        f" {PASSWORD_VARIABLE}, else it is asked for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True, help="The person's name, as colleagues see it.")
        parser.add_argument(
            "--password", help=f"Seen by other users of this machine: prefer {PASSWORD_VARIABLE}."
        )
        parser.add_argument("--database", default=migration_alias(), choices=tuple(connections))

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        admin = User(
            email=options["email"].strip().lower(), full_name=options["name"].strip(), role=Role.ADMIN
        )
        _require_sound(admin)
        # Where only the serving login is known, its own rights must do.
        rights = as_owner(connections[alias]) if alias == OWNER_ALIAS else nullcontext()
        with rights:
            if User.objects.using(alias).filter(email__iexact=admin.email).exists():
                raise CommandError(f"{admin.email} is a staff member already. Change the role in Admin.")
            admin.set_password(_password(options["password"], admin))
            admin.save(using=alias)
            with comes_from(Source.COMMAND):
                record(AuditEntry.Kind.ADDED, about=admin, now=timezone.now(), using=alias)
        self.stdout.write(f"{admin.full_name} may sign in as {admin.email}.")


def _require_sound(admin: User) -> None:
    if not admin.full_name:
        raise CommandError("--name must not be empty.")
    try:
        validate_email(admin.email)
    except ValidationError as error:
        raise CommandError(
            f"--email must be an address such as olga@firm.ru, not «{admin.email}»."
        ) from error


def _password(given: str | None, admin: User) -> str:
    """Take the password from the option, the environment or the keyboard. Raises CommandError for a weak one."""
    password = given or os.environ.get(PASSWORD_VARIABLE) or _ask()
    try:
        validate_password(password, admin)
    except ValidationError as error:
        raise CommandError("The password is too weak: " + " ".join(error.messages)) from error
    return password


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CommandError(f"Give the password by --password or in {PASSWORD_VARIABLE}.")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Once more: "):
        raise CommandError("The two passwords differ.")
    return password
