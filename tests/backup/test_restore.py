"""A backup comes back as it was, whole or not at all (BAK-02)."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command

from buhbot.models import Chat
from tests.backup.conftest import make
from tests.environment import SUPERUSER_URL, database_url
from tests.object_storage import ObjectStorage


@pytest.fixture
def empty(firm: Path) -> Iterator[str]:
    """The address of an empty database."""
    name = f"buhbot_empty_{uuid4().hex[:8]}"
    with psycopg.connect(SUPERUSER_URL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield database_url(name)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def titles(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [title for (title,) in connection.execute("SELECT title FROM buhbot.buhbot_chat").fetchall()]


def test_bak_02_an_empty_database_gets_everything(firm: Path, empty: str, capsys: Any) -> None:
    call_command("restore", str(make()), into=empty)
    assert titles(empty) == ["ООО «Ромашка»"]
    assert "set_webhook" in capsys.readouterr().out


def test_bak_02_rights_and_owner_are_those_of_a_new_installation(firm: Path, empty: str) -> None:
    call_command("restore", str(make()), into=empty)
    with psycopg.connect(empty) as connection:
        owners = connection.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'buhbot'"
        ).fetchall()
        assert owners == [("buhbot_owner",)]
        connection.execute("SET ROLE buhbot_service")
        assert connection.execute("SELECT count(*) FROM buhbot.buhbot_chat").fetchone() == (1,)
        connection.execute("SET ROLE buhbot_web")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM buhbot.buhbot_chat")


def test_bak_02_a_database_that_is_not_empty_is_refused(firm: Path) -> None:
    made = make()
    Chat.objects.update(title="Новое")
    with pytest.raises(CommandError, match="is not empty.*--force"):
        call_command("restore", str(made))
    assert Chat.objects.get().title == "Новое"


def test_bak_02_by_force_what_is_there_is_replaced(firm: Path) -> None:
    made = make()
    Chat.objects.update(title="Испорчено")
    call_command("restore", str(made), force=True)
    assert Chat.objects.get().title == "ООО «Ромашка»"


def test_bak_02_what_cannot_be_read_leaves_all_as_it_was(firm: Path, tmp_path: Path) -> None:
    broken = tmp_path / "buhbot-broken.tar"
    content = bytearray(make().read_bytes())
    content[len(content) // 2] ^= 0xFF
    broken.write_bytes(content)
    Chat.objects.update(title="Цело")
    with pytest.raises(CommandError, match="damaged"):
        call_command("restore", str(broken), force=True)
    assert Chat.objects.get().title == "Цело"


def test_bak_02_a_dump_that_fails_on_its_way_leaves_all_as_it_was(firm: Path, monkeypatch: Any) -> None:
    made = make()
    Chat.objects.update(title="Цело")
    monkeypatch.setattr("buhbot.ops.backup.restoring.CLOSING", "\nSELECT 1/0;\nCOMMIT;\n")
    with pytest.raises(CommandError, match="division by zero"):
        call_command("restore", str(made), force=True)
    assert Chat.objects.get().title == "Цело"


@pytest.mark.parametrize("cut", [1, 600, 5000])
def test_bak_02_a_truncated_archive_is_no_good(firm: Path, tmp_path: Path, cut: int) -> None:
    short = tmp_path / "buhbot-short.tar"
    content = make().read_bytes().rstrip(b"\0")
    short.write_bytes(content[:-cut])
    with pytest.raises(CommandError, match="damaged"):
        call_command("verify_backup", str(short))


def test_bak_02_without_the_right_key_nothing_is_read(firm: Path, age_key: Path, tmp_path: Path) -> None:
    made = make()
    with pytest.raises(CommandError, match="--identity"):
        call_command("verify_backup", str(made))
    age_key.write_text("AGE-SECRET-KEY-1WRONG\n")
    with pytest.raises(CommandError, match="age failed"):
        call_command("verify_backup", str(made), identity=age_key)


def test_bak_02_a_newer_release_is_refused(firm: Path, monkeypatch: Any) -> None:
    made = make()
    monkeypatch.setattr("buhbot.ops.backup.restoring.migrations_on_disk", frozenset)
    with pytest.raises(CommandError, match="newer release"):
        call_command("restore", str(made), force=True)


def test_bak_02_verify_says_what_it_compared_and_leaves_no_database(firm: Path, capsys: Any) -> None:
    call_command("verify_backup", str(make()))
    assert "is good" in capsys.readouterr().out
    with psycopg.connect(SUPERUSER_URL) as server:
        assert (
            server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'buhbot_scratch%'").fetchall()
            == []
        )


def test_bak_02_verify_finds_a_table_that_differs(firm: Path, monkeypatch: Any) -> None:
    made = make()
    monkeypatch.setattr(
        "buhbot.ops.backup.restoring.CLOSING", "\nDELETE FROM buhbot.templates_app_template;\nCOMMIT;\n"
    )
    with pytest.raises(CommandError, match="templates_app_template: 1 rows .* 0 rows"):
        call_command("verify_backup", str(made))


def test_bak_02_what_is_no_archive_is_said_plainly(firm: Path, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"nothing")
    with pytest.raises(CommandError, match="damaged, or no backup"):
        call_command("restore", str(tmp_path / "x.tar"))
    with pytest.raises(CommandError, match="no file"):
        call_command("restore", str(tmp_path / "y.tar"))
    with pytest.raises(CommandError, match="--into must look like postgres"):
        call_command("restore", str(tmp_path / "x.tar"), into="mysql://secret@host/x")


def test_bak_01_an_archive_has_only_what_it_should(firm: Path) -> None:
    with tarfile.open(make()) as tar:
        assert sorted(tar.getnames()) == ["config.json", "database.dump", "manifest.json", "media.jsonl"]


def test_bak_05_an_archive_comes_back_from_the_other_provider(
    firm: Path, far: ObjectStorage, capsys: Any
) -> None:
    made = make()
    content = made.read_bytes()
    made.unlink()
    capsys.readouterr()
    call_command("fetch_backup")
    assert made.name in capsys.readouterr().out.splitlines()
    call_command("fetch_backup", "newest")
    assert made.read_bytes() == content
    assert [path.name for path in firm.iterdir()] == [made.name]


def test_bak_05_an_archive_that_is_not_there_is_said(firm: Path, far: ObjectStorage) -> None:
    with pytest.raises(CommandError, match="holds no archive"):
        call_command("fetch_backup", "buhbot-20200101T000000Z.tar")
    assert list(firm.iterdir()) == []


def test_bak_05_without_a_bucket_there_is_nothing_to_fetch(firm: Path, settings: Any) -> None:
    settings.BACKUP_S3_ENDPOINT_URL = ""
    with pytest.raises(CommandError, match="BACKUP_S3_ENDPOINT_URL"):
        call_command("fetch_backup")
