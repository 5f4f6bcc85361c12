"""`manage.py check_storage`: try every bucket of clients' files as the worker uses it (FIL-02)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from templates_app.models import ReceivedFile
from templates_app.storage import trouble_with


class Command(BaseCommand):
    """Exits non-zero when one of them does not work."""

    help = (
        "Write, read and delete a small file in every bucket of clients' files, and say what does not work."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Try each bucket."""
        place = settings.S3_ENDPOINT_URL or settings.FILES_FOLDER
        troubles = {bucket: trouble_with(bucket) for bucket in ReceivedFile.Bucket.values}
        for bucket, trouble in troubles.items():
            self.stdout.write(f"{bucket}: {trouble or 'works'}")
        if any(troubles.values()):
            raise CommandError(
                f"Files cannot be kept in {place}. There have to be private buckets of these names, and the keys have"
                " to be allowed to write; until then files wait in Telegram, and nothing is lost."
            )
        self.stdout.write(f"Files are kept in {place}.")
