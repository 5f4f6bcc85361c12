"""`manage.py create_buckets`: make the private buckets of clients' files; twice changes nothing (DB-02)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from templates_app.buckets import CannotMakeBuckets, make_buckets, set_limits
from templates_app.filing import LIMITS, MIB


class Command(BaseCommand):
    """Exits with 1 where the storage refuses."""

    help = (
        "Make the buckets invoices, documents and files over the S3 interface, private and with their limits."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make them, and limit them."""
        try:
            for line in make_buckets():
                self.stdout.write(line)
            is_limited = set_limits()
        except CannotMakeBuckets as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The limits were not set: {str(error).strip()}") from error
        limits = ", ".join(f"{name} {size // MIB} MB" for name, size in LIMITS.items())
        told = "Limits are set" if is_limited else "Set the limits by hand, and see that they are private"
        self.stdout.write(f"{told}: {limits}.")
