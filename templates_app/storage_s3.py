"""Buckets of an S3 server, such as Supabase Storage: private, read by presigned links only (FIL-02, FIL-03)."""

from typing import Any

from botocore.config import Config
from django.utils.http import content_disposition_header
from storages.backends.s3 import S3Storage

LINK_SECONDS = 300
# Within seconds it answers or fails; who waits for it tries again later.
PATIENCE = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"total_max_attempts": 2},
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",  # not every S3 server knows the newer checksums
    response_checksum_validation="when_required",
)


class S3Bucket(S3Storage):  # type: ignore[misc]
    """A bucket that nobody reads without a signature."""

    def get_default_settings(self) -> dict[str, Any]:
        ours = {"client_config": PATIENCE, "default_acl": None, "file_overwrite": True}
        return {**super().get_default_settings(), **ours}

    def link(self, key: str, *, name: str, mime_type: str) -> str:
        """Return a presigned address."""
        told = {
            "ResponseContentDisposition": content_disposition_header(True, name),
            "ResponseContentType": mime_type,
        }
        return str(self.url(key, parameters=told, expire=LINK_SECONDS))

    def sizes(self) -> dict[str, int]:
        """Return the size of every object by its key; a thousand a call."""
        return {found.key: found.size for found in self.bucket.objects.all()}
