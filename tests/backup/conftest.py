"""A firm that is committed, real programs of Postgres as new as the server, and places for archives."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command

from buhbot.models import Chat, Message, Tier
from simulator.programs import ServerFailed, first_found, postgres_dirs
from templates_app.models import ReceivedFile, Template
from tests.object_storage import ACCESS_KEY, REGION, SECRET_KEY, ObjectStorage
from tests.templates_app.conftest import local as local

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CONTENT = b"%PDF-1.4 an act"


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programs be those of the server that the tests run; skip where they are not there."""
    try:
        folder = first_found(postgres_dirs, "system", "Postgres", "")
    except ServerFailed as error:
        pytest.skip(str(error))
    for name in ("pg_dump", "pg_restore", "psql"):
        if not (folder / name).exists():
            pytest.skip(f"{name} is not in {folder}")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def firm(committed: None, tools: None, local: Path, settings: Any, tmp_path_factory: Any) -> Path:
    """A chat, a message, a template and a stored file; return the folder of archives."""
    settings.BACKUP_FOLDER = str(tmp_path_factory.mktemp("archives"))
    tier = Tier.objects.get(code="basic")
    chat = Chat.objects.create(
        telegram_id=-1, kind="group", title="ООО «Ромашка»", tier=tier, registered_at=NOW
    )
    message = Message.objects.create(
        chat=chat,
        telegram_chat_id=-1,
        telegram_message_id=1,
        kind="text",
        sender="client",
        sent_at=NOW,
        text="Где акт?",
    )
    Template.objects.create(title="Счёт", shortcut="счёт", text="Счёт готов.")
    storages["documents"].save("1/abc", ContentFile(CONTENT))
    ReceivedFile.objects.create(
        chat=chat, message=message, kind="document", received_at=NOW, registered_at=NOW, copy_after=NOW,
        copy="stored", bucket="documents", storage_key="1/abc", size_bytes=len(CONTENT), sha256="a" * 64,
    )  # fmt: skip
    return Path(settings.BACKUP_FOLDER)


@pytest.fixture
def age_key(settings: Any, tmp_path: Path) -> Path:
    """Encrypt from now on; return the file of the secret key."""
    if not shutil.which("age-keygen"):
        pytest.skip("age is not installed: on Debian and Ubuntu, apt install age")
    path = tmp_path / "key.txt"
    subprocess.run(["age-keygen", "-o", str(path)], check=True, capture_output=True)
    settings.BACKUP_AGE_RECIPIENT = subprocess.run(
        ["age-keygen", "-y", str(path)], check=True, capture_output=True, text=True
    ).stdout.strip()
    return path


@pytest.fixture
def far(s3_server: ObjectStorage, settings: Any) -> ObjectStorage:
    """A bucket of another provider."""
    settings.BACKUP_S3_ENDPOINT_URL = s3_server.url
    settings.BACKUP_S3_ACCESS_KEY_ID, settings.BACKUP_S3_SECRET_ACCESS_KEY = ACCESS_KEY, SECRET_KEY
    settings.BACKUP_S3_REGION, settings.BACKUP_S3_BUCKET = REGION, "files"
    return s3_server


def make(**options: Any) -> Path:
    """Make a backup and return its file."""
    folder = Path(settings.BACKUP_FOLDER)
    before = set(folder.glob("buhbot-*"))
    call_command("backup", **options)
    (made,) = set(folder.glob("buhbot-*")) - before
    return made
