"""Let somebody in again whose phone and backup codes are lost, where no administrator can (SEC-05)."""

from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from buhbot.models import AuditEntry, BackupCode, SecondFactor, User
from buhbot.ops.database import OWNER_ALIAS, as_owner, migration_alias
from buhbot.services.audit import Source, comes_from, record


class Command(BaseCommand):
    help = "Take a person's second factor away: the password alone lets in, until a new app is set up."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--database", default=migration_alias(), choices=tuple(connections))

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        rights = as_owner(connections[alias]) if alias == OWNER_ALIAS else nullcontext()
        with rights:
            person = User.objects.using(alias).filter(email__iexact=options["email"].strip()).first()
            if person is None:
                raise CommandError(f"Nobody has the e-mail {options['email']}.")
            BackupCode.objects.using(alias).filter(user=person).delete()
            SecondFactor.objects.using(alias).filter(user=person).delete()
            with comes_from(Source.COMMAND):
                record(
                    AuditEntry.Kind.DONE,
                    about=person,
                    note="reset_second_factor",
                    now=timezone.now(),
                    using=alias,
                )
        self.stdout.write(f"{person.full_name} signs in without a code now.")
