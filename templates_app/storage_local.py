"""Buckets as folders of this server, where no S3 server is set: only our signed view serves them (FIL-02, FIL-03)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

LINK_SECONDS = 300
SALT = "templates_app.storage_local.link"


class LocalBucket(FileSystemStorage):
    """A folder that only the processes of this server read."""

    def __init__(self, *, bucket: str, location: str) -> None:
        super().__init__(
            location,
            allow_overwrite=True,
            file_permissions_mode=0o600,
            directory_permissions_mode=0o700,
        )
        self.bucket = bucket

    def link(self, key: str, *, name: str, mime_type: str) -> str:
        """Return a signed address of `views.download`; as a query it stays out of the logs (SEC-09)."""
        told = {"bucket": self.bucket, "key": key, "name": name, "type": mime_type}
        return f"{reverse('files:download')}?{urlencode({'token': signing.dumps(told, salt=SALT)})}"

    def sizes(self) -> dict[str, int]:
        """Return the size of every file by its key."""
        folder = Path(self.location)
        return {
            str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()
        }


def read_link(token: str) -> dict[str, Any]:
    """Read what a link says. Raises django.core.signing.BadSignature for one that is forged or too old."""
    told: dict[str, Any] = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    return told
