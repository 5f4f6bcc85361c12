"""Where archives are kept: a folder of this server, and a bucket of another provider (BAK-01)."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from buhbot.ops.backup.archive import PIECE, put_to_disk
from buhbot.ops.backup.programs import BackupFailed

PATIENCE = Config(
    connect_timeout=10,
    read_timeout=60,
    retries={"total_max_attempts": 3},
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",  # not every S3 server knows the newer checksums
    response_checksum_validation="when_required",
)
ONE_BY_ONE = TransferConfig(use_threads=False)
TROUBLE = (BotoCoreError, ClientError, Boto3Error, OSError)
Report = Callable[[str], None]


class Folder:
    """Archives on a disk; one that is being written has another name until it is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)

    def take(self, file: Path, name: str) -> None:
        """Let the file, which stands on the same disk, appear under its name at once and whole."""
        put_to_disk(file)
        file.chmod(0o600)
        file.replace(self.path / name)
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def names(self) -> list[str]:
        return [entry.name for entry in self.path.iterdir() if entry.is_file()]

    def delete(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)


class Bucket:
    """Archives in a bucket of an S3 server."""

    def __init__(self) -> None:
        self.bucket = settings.BACKUP_S3_BUCKET
        self.name = f"{settings.BACKUP_S3_ENDPOINT_URL}/{self.bucket}"
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=settings.BACKUP_S3_ENDPOINT_URL,
            aws_access_key_id=settings.BACKUP_S3_ACCESS_KEY_ID,
            aws_secret_access_key=settings.BACKUP_S3_SECRET_ACCESS_KEY,
            region_name=settings.BACKUP_S3_REGION,
            config=PATIENCE,
        )

    def take(self, file: Path, name: str, sha256: str) -> None:
        """Upload, and read back what has arrived. Raises BackupFailed unless it is the same, byte by byte."""
        try:
            told = {"Metadata": {"sha256": sha256}}
            self.client.upload_file(str(file), self.bucket, name, ExtraArgs=told, Config=ONE_BY_ONE)
            size, arrived = self._read_back(name)
        except TROUBLE as error:
            raise BackupFailed(f"The archive did not reach {self.name}: {error}") from error
        if (size, arrived) != (file.stat().st_size, sha256):
            raise BackupFailed(
                f"{self.name} holds another file than was sent: {size} bytes, SHA-256 {arrived}."
            )

    def _read_back(self, name: str) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        for piece in self.client.get_object(Bucket=self.bucket, Key=name)["Body"].iter_chunks(PIECE):
            digest.update(piece)
            size += len(piece)
        return size, digest.hexdigest()

    def names(self) -> list[str]:
        try:
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
            return [found["Key"] for page in pages for found in page.get("Contents", ())]
        except TROUBLE as error:
            raise BackupFailed(f"{self.name} does not say what it holds: {error}") from error

    def fetch(self, name: str, file: Path) -> None:
        try:
            self.client.download_file(self.bucket, name, str(file), Config=ONE_BY_ONE)
        except TROUBLE as error:
            raise BackupFailed(f"{name} did not come from {self.name}: {error}") from error

    def delete(self, name: str) -> None:
        try:
            self.client.delete_object(Bucket=self.bucket, Key=name)
        except TROUBLE as error:
            raise BackupFailed(f"{self.name} does not let old archives be deleted: {error}") from error
