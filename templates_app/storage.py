"""Where the copy of a file is, and the link to it (FIL-02, FIL-03)."""

from typing import Protocol, cast
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from templates_app.models import ReceivedFile
from templates_app.sniffing import extension

PROBE = b"BuhBot was here"
EXTENSIONS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
}


class Bucket(Protocol):
    """What both kinds of bucket can do beside Django's own."""

    def link(self, key: str, *, name: str, mime_type: str) -> str:
        """Return an address that saves the copy under the name, good for five minutes."""


def link_to(file: ReceivedFile) -> str:
    """Return a signed address of the stored copy, good for five minutes; who asks has been checked (FIL-03)."""
    bucket = cast(Bucket, storages[file.bucket])
    return bucket.link(file.storage_key, name=download_name(file), mime_type=file.mime_type)


def download_name(file: ReceivedFile) -> str:
    """Name the file as it is saved; what came without a name is called by its kind and number."""
    name = file.name or f"{file.kind}-{file.pk}"
    ending = EXTENSIONS.get(file.mime_type, "")
    return name if extension(name) or not ending else f"{name}.{ending}"


def trouble_with(name: str) -> str:
    """Write, read and delete a small file in the bucket; say what went wrong, or "" (FIL-02)."""
    bucket, key = storages[name], f"check/{uuid4().hex}"
    try:
        probe_file = ContentFile(PROBE)
        probe_file.content_type = "text/plain"  # type: ignore[attr-defined] # one that the bucket takes
        bucket.save(key, probe_file)
        with bucket.open(key) as probe:
            is_same = probe.read() == PROBE
        bucket.delete(key)
    except Exception as error:  # noqa: BLE001 (one bucket of three: whatever it raises is the answer)
        return f"{type(error).__name__}: {error}"
    return "" if is_same else "it gave back something else than was written"
