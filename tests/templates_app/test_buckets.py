"""Buckets are made once, private and limited; the SQL of a new project is what `migrate` does (DB-02)."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connections

from buhbot.ops.bootstrap import _find, missing_statements, script
from buhbot.ops.database import attached
from config.environment import buckets
from templates_app.buckets import TYPES
from templates_app.storage import trouble_with
from tests.environment import SUPERUSER_URL, database_url
from tests.object_storage import ACCESS_KEY, BUCKETS, REGION, SECRET_KEY, ObjectStorage

SUPABASE = """
CREATE SCHEMA storage;
CREATE TABLE storage.buckets (id text PRIMARY KEY, public bool, file_size_limit bigint, allowed_mime_types text[]);
INSERT INTO storage.buckets VALUES ('invoices', true), ('documents', NULL), ('files', false), ('another', true);
"""


@pytest.mark.django_db(databases=["default", "owner"])
def test_db_02_buckets_are_made_and_limited_once(s3: ObjectStorage, capsys: Any) -> None:
    keys = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY, "region_name": REGION}
    boto3.client("s3", endpoint_url=s3.url, **keys).delete_bucket(Bucket="invoices")
    with connections["owner"].cursor() as cursor:
        cursor.execute(SUPABASE)
        call_command("create_buckets")
        assert "invoices: made\ndocuments: was there" in capsys.readouterr().out
        cursor.execute(
            "SELECT public, file_size_limit > 0, allowed_mime_types FROM storage.buckets WHERE id = 'invoices'"
        )
        assert cursor.fetchone() == (False, True, TYPES)
        cursor.execute("SELECT public, file_size_limit FROM storage.buckets WHERE id = 'another'")
        assert cursor.fetchone() == (True, None)
    call_command("create_buckets")
    assert "invoices: was there" in capsys.readouterr().out
    assert trouble_with("invoices") == ""


@pytest.mark.django_db(databases=["default", "owner"])
def test_db_02_without_supabase_the_limits_are_left_to_people(s3: ObjectStorage, capsys: Any) -> None:
    call_command("create_buckets")
    assert "Set the limits by hand" in capsys.readouterr().out


def test_db_02_wrong_keys_are_said(s3_server: ObjectStorage, settings: Any) -> None:
    wrong = {
        "endpoint_url": s3_server.url,
        "access_key": ACCESS_KEY,
        "secret_key": "x",
        "region_name": REGION,
    }
    settings.STORAGES = settings.STORAGES | buckets(BUCKETS, folder="", **wrong)
    with pytest.raises(CommandError, match="Compare S3_"):
        call_command("create_buckets")


def test_db_02_folders_need_none(local: Path) -> None:
    with pytest.raises(CommandError, match="S3_ENDPOINT_URL is not set"):
        call_command("create_buckets")


def test_db_02_a_copy_carries_its_type(s3: ObjectStorage) -> None:
    content = ContentFile(b"%PDF-1.4")
    content.content_type = "application/pdf"  # type: ignore[attr-defined]
    storages["documents"].save("1/typed", content)
    assert storages["documents"].bucket.Object("1/typed").content_type == "application/pdf"  # type: ignore[attr-defined]


def test_db_02_the_sql_in_infra_is_what_bootstrap_does() -> None:
    path = Path(__file__).resolve().parents[2] / "infra" / "supabase" / "bootstrap.sql"
    assert path.read_text("utf-8") == script()


def test_db_02_after_the_sql_nothing_is_missing(django_db_setup: None, django_db_blocker: Any) -> None:
    name = f"buhbot_new_{uuid4().hex[:8]}"
    with psycopg.connect(SUPERUSER_URL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(database_url(name), autocommit=True) as project:
                roles = {role for (role,) in project.execute("SELECT rolname FROM pg_roles").fetchall()}
                lines = [line for line in script().splitlines() if not line.startswith("--")]
                known = [
                    f"CREATE ROLE {role} " for role in roles
                ]  # the cluster of the tests has them already
                text = "\n".join(line for line in lines if not any(line.startswith(start) for start in known))
                project.execute(text.replace('DATABASE "postgres"', f'DATABASE "{name}"').encode())
            with django_db_blocker.unblock(), attached(database_url(name), name="x") as alias:
                left = missing_statements(_find(connections[alias]), login_serves=False)
            assert [line for line in left if 'ALTER ROLE "postgres"' not in line] == []  # a superuser's own
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
