"""The three private buckets of clients' files on an S3 server, with their limits where Supabase keeps them (DB-02)."""

from collections.abc import Iterator
from typing import Any, cast

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.storage import storages
from django.db import connections

from buhbot.ops.database import migration_alias
from templates_app.filing import LIMITS
from templates_app.models import ReceivedFile
from templates_app.storage_s3 import S3Bucket

OOXML, ODF = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"
# What templates_app/sniffing.py keeps; copies are uploaded under the type that it found.
TYPES = [
    *("image/*", "audio/*", "video/*", "text/plain"),
    *(
        f"application/{name}"
        for name in ("pdf", "zip", "rtf", "pkcs7-signature", "vnd.ms-office", "x-1c-table")
    ),
    *(
        f"{OOXML}.{name}"
        for name in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
    ),
    *(
        f"{ODF}.{name}"
        for name in ("text", "spreadsheet", "presentation", "graphics", "formula", "chart", "image")
    ),
]
LIMIT = """
UPDATE storage.buckets SET public = false, file_size_limit = %s, allowed_mime_types = %s
WHERE id = %s AND (public, file_size_limit, allowed_mime_types) IS DISTINCT FROM (false, %s::bigint, %s::text[])
"""


class CannotMakeBuckets(Exception):
    """The storage refused, or there is none; the text says what to look at."""


def make_buckets() -> Iterator[str]:
    """Make what is missing, and yield a line on each bucket. Raises CannotMakeBuckets."""
    for name in ReceivedFile.Bucket.values:
        bucket = storages[name]
        if not isinstance(bucket, S3Bucket):
            raise CannotMakeBuckets(
                "S3_ENDPOINT_URL is not set: files are kept in folders, which make themselves."
            )
        try:
            is_new = _make(bucket)
        except (BotoCoreError, ClientError) as error:
            raise CannotMakeBuckets(
                f"{name}: {error}. Compare S3_… with Project Settings, Storage."
            ) from error
        yield f"{name}: {'made' if is_new else 'was there'}"


def _make(bucket: Any) -> bool:
    client = bucket.connection.meta.client
    try:
        client.head_bucket(Bucket=bucket.bucket_name)
    except ClientError as error:
        if cast(Any, error).response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        client.create_bucket(Bucket=bucket.bucket_name)
        return True
    return False


def set_limits() -> bool:
    """Say in Supabase's own table that they are private, how large a file may be, and of what type.

    Returns False where there is no such table: another provider, or a login that does not see it.
    """
    with connections[migration_alias()].cursor() as cursor:
        cursor.execute("SELECT to_regclass('storage.buckets') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        for name in ReceivedFile.Bucket.values:
            size = LIMITS[name]
            cursor.execute(LIMIT, [size, TYPES, name, size, TYPES])
    return True
