"""Names every stored copy of a client's file, for the backup's list (BAK-01)."""

from collections.abc import Iterator, Mapping
from typing import Protocol, cast

from django.core.files.storage import storages

from buhbot.ops.backup.making import StoredObject
from templates_app.models import ReceivedFile


class Listed(Protocol):
    """A bucket that tells what it holds."""

    def sizes(self) -> Mapping[str, int]:
        """Return the size of every object by its key."""


def stored_objects() -> Iterator[StoredObject]:
    """Yield each copy once, with whether the storage has it; one listing a bucket, not one question a file."""
    held = {bucket: cast(Listed, storages[bucket]).sizes() for bucket in _used_buckets()}
    rows = ReceivedFile.objects.filter(copy=ReceivedFile.Copy.STORED).order_by("bucket", "storage_key", "pk")
    names = rows.distinct("bucket", "storage_key").values_list(
        "bucket", "storage_key", "size_bytes", "sha256"
    )
    for bucket, key, size, sha256 in names.iterator():
        yield StoredObject(bucket, key, size or 0, sha256, is_missing=held[bucket].get(key) != size)


def _used_buckets() -> list[str]:
    stored = ReceivedFile.objects.filter(copy=ReceivedFile.Copy.STORED)
    return list(stored.order_by("bucket").values_list("bucket", flat=True).distinct())
