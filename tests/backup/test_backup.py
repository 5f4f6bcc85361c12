"""A backup is whole, sealed, in two places, and says so; on any doubt it fails (BAK-01)."""

import json
import os
import stat
import subprocess
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.test import Client

from buhbot.models import Backup
from buhbot.ops.backup.making import LOCK
from buhbot.ops.backup.places import Bucket
from buhbot.ops.backup.retention import name_of
from tests.backup.conftest import CONTENT, make
from tests.environment import DATABASE, ENVIRONMENT, database_url
from tests.object_storage import ObjectStorage


def read(archive: Path, member: str) -> str:
    with tarfile.open(archive) as tar:
        return tar.extractfile(member).read().decode()  # type: ignore[union-attr]


def test_bak_01_the_archive_holds_database_files_and_configuration(firm: Path, capsys: Any) -> None:
    made = make()
    manifest = json.loads(read(made, "manifest.json"))
    assert manifest["tables"]["buhbot_chat"]["rows"] == 1
    assert json.loads(read(made, "config.json"))["templates"][0]["shortcut"] == "счёт"
    stored = {"bucket": "documents", "key": "1/abc", "size": len(CONTENT), "sha256": "a" * 64}
    assert json.loads(read(made, "media.jsonl")) == stored
    said = capsys.readouterr().out
    assert made.name in said
    assert "Done in" in said
    assert "NOT encrypted" in said


def test_bak_01_only_its_owner_reads_it_and_nothing_is_left_beside_it(firm: Path) -> None:
    made = make()
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert list(firm.iterdir()) == [made]


def test_bak_01_no_secret_of_the_environment_is_in_it(firm: Path) -> None:
    content = make().read_bytes()
    for name in ("SECRET_KEY", "TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"):
        assert ENVIRONMENT[name].encode() not in content


def test_bak_01_it_is_encrypted_for_the_owner_of_the_key(firm: Path, age_key: Path) -> None:
    made = make()
    assert made.name.endswith(".tar.age")
    assert b"buhbot_chat" not in made.read_bytes()
    call_command("verify_backup", str(made), identity=age_key)


def test_bak_01_it_is_uploaded_and_compared(firm: Path, far: ObjectStorage) -> None:
    made = make()
    assert made.name in Bucket().names()
    assert Backup.objects.get().places[1].startswith(far.url)


def test_bak_01_old_archives_go_in_both_places(firm: Path, far: ObjectStorage) -> None:
    old = name_of(datetime.now(UTC) - timedelta(days=200), is_encrypted=False)
    olds = [name_of(datetime.now(UTC) - timedelta(days=day), is_encrypted=False) for day in range(1, 60)]
    for name in (old, *olds):
        (firm / name).touch()
        Bucket().client.put_object(Bucket="files", Key=name, Body=b"")
    (firm / "notes.txt").touch()
    call_command("backup")
    assert old not in Bucket().names()
    assert not (firm / old).exists()
    assert (
        len(list(firm.glob("buhbot-*")))
        == len([name for name in Bucket().names() if name.startswith("buhbot")])
        <= 11
    )
    assert (firm / "notes.txt").exists()


def test_mon_01_its_age_is_a_metric(firm: Path) -> None:
    assert "backup_last_success_timestamp_seconds" not in Client().get("/metrics").content.decode()
    make()
    assert "backup_last_success_timestamp_seconds 1." in Client().get("/metrics").content.decode()


def test_bak_01_a_file_that_the_storage_lost_is_said(firm: Path, capsys: Any) -> None:
    storages["documents"].delete("1/abc")
    made = make()
    assert json.loads(read(made, "media.jsonl"))["missing"] is True
    assert "1 files of clients are missing" in capsys.readouterr().err


def failing(words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("backup")
    assert not Backup.objects.exists()


def test_bak_01_two_at_once_are_refused(firm: Path) -> None:
    with psycopg.connect(database_url(DATABASE)) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        failing("Another backup")
    assert list(firm.iterdir()) == []
    make()


def test_bak_01_an_upload_that_fails_is_a_failure(firm: Path, far: ObjectStorage, settings: Any) -> None:
    settings.BACKUP_S3_ENDPOINT_URL = "http://127.0.0.1:9"
    failing("did not reach")


def test_bak_01_a_wrong_key_of_the_bucket_is_a_failure(firm: Path, far: ObjectStorage, settings: Any) -> None:
    settings.BACKUP_S3_SECRET_ACCESS_KEY = "wrong"
    failing("did not reach")


def test_bak_01_an_upload_that_arrives_otherwise_is_a_failure(
    firm: Path, far: ObjectStorage, monkeypatch: Any
) -> None:
    upload = boto3.s3.transfer.S3Transfer.upload_file

    def cut(self: Any, filename: str, *args: Any, **options: Any) -> None:
        short = Path(filename).with_name(".cut")
        short.write_bytes(Path(filename).read_bytes()[:-1])
        upload(self, str(short), *args, **options)
        short.unlink()

    monkeypatch.setattr(boto3.s3.transfer.S3Transfer, "upload_file", cut)
    failing("holds another file")


def test_bak_01_a_key_that_is_none_is_a_failure(firm: Path, age_key: Path, settings: Any) -> None:
    settings.BACKUP_AGE_RECIPIENT = "age1notakey"
    failing("age failed")
    assert list(firm.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ('case "$*" in *--version*) echo "pg_dump (PostgreSQL) 9.6.24";; esac', "older than the server"),
        ('case "$*" in *--version*) exec {real} --version;; esac; exit 1', "pg_dump failed"),
        ('case "$*" in *--version*) exec {real} --version;; esac; {real} "$@"; for last; do :; done; '
         'truncate --size=-100 "${{last#--file=}}"', "pg_restore failed"),
    ],
)  # fmt: skip
def test_bak_01_a_dump_that_cannot_be_trusted_is_a_failure(
    firm: Path, tmp_path: Path, monkeypatch: Any, script: str, words: str
) -> None:
    real = subprocess.run(
        ["sh", "-c", "command -v pg_dump"], capture_output=True, text=True, check=True
    ).stdout.strip()
    fake = tmp_path / "pg_dump"
    fake.write_text(f"#!/bin/sh\n{script.format(real=real)}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    failing(words)
    assert list(firm.iterdir()) == []


def test_bak_01_a_disk_that_refuses_is_a_failure(firm: Path, settings: Any) -> None:
    settings.BACKUP_FOLDER = "/dev/full/archives"
    failing("disk refused")
