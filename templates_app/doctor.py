"""The doctor's look at the buckets of clients' files (FIL-02, DB-02)."""

from collections.abc import Iterator
from datetime import datetime

from buhbot.ops.doctor import Finding, verdict
from templates_app.models import ReceivedFile
from templates_app.storage import trouble_with


def storage(_now: datetime) -> Iterator[Finding]:
    """Write, read and delete a small file in each bucket, as `check_storage` does."""
    for bucket in ReceivedFile.Bucket.values:
        hint = "manage.py create_buckets; the keys have to be allowed to write. Until then files wait in Telegram."
        yield verdict(f"storage {bucket}", trouble_with(bucket), fine="works", hint=hint)


CHECKS = (storage,)
