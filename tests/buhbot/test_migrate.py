"""From an empty database to one that serves, on a server like Supabase's (SEC-01, SEC-04)."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from buhbot.ops.bootstrap import CREATE_ROLE, Found, missing_statements
from tests.environment import SUPERUSER_URL, database_url

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parent.parent.parent
LINTER = ROOT / "tests/infra/supabase/node_modules/@supabase/cli-linux-x64/bin/supabase"
NAME = "buhbot_like_supabase"
LOGIN = (
    "cloud_postgres"  # as Supabase's `postgres`: no superuser, but makes roles and passes row-level security
)
DOORS = ("anon", "authenticated", "service_role")
AS_POSTGREST = "SELECT set_config('role', %s, true), set_config('request.jwt.claims', %s, true)"
REFUSED = psycopg.errors.InsufficientPrivilege

PREPARE = [
    f"CREATE ROLE {LOGIN} LOGIN CREATEROLE BYPASSRLS",
    "CREATE ROLE anon NOLOGIN",
    "CREATE ROLE authenticated NOLOGIN",
    "CREATE ROLE service_role NOLOGIN BYPASSRLS",
    # The tests' cluster has our roles already, made by somebody else.
    *(f"GRANT {role} TO {LOGIN} WITH ADMIN OPTION" for role in CREATE_ROLE),
]
HOSTILE = [
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated, service_role",
    "CREATE SCHEMA buhbot AUTHORIZATION buhbot_owner",
    "GRANT ALL ON SCHEMA buhbot TO anon, authenticated, service_role",
    *(
        f"ALTER DEFAULT PRIVILEGES FOR ROLE buhbot_owner IN SCHEMA buhbot GRANT ALL ON {kind} TO anon, authenticated"
        for kind in ("TABLES", "SEQUENCES", "FUNCTIONS")
    ),
]


def _migrate(login: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    changes = {
        "DATABASE_MIGRATION_URL": database_url(NAME, login),
        "DATABASE_URL": database_url(NAME, "buhbot_web"),
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "migrate", *arguments],
        cwd=ROOT, env=os.environ | changes, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def cloud(django_db_setup: None) -> Iterator[None]:
    """A database with Supabase's roles and their default rights, migrated by a login that is no superuser."""
    with psycopg.connect(SUPERUSER_URL, autocommit=True) as server:
        for statement in PREPARE:
            server.execute(statement)
        server.execute(f"CREATE DATABASE {NAME} OWNER {LOGIN}")
        with psycopg.connect(database_url(NAME), autocommit=True) as database:
            for statement in HOSTILE:
                database.execute(statement)
        done = _migrate(LOGIN)
        assert done.returncode == 0, done.stderr
        yield
        server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
        for role in (*DOORS, LOGIN):
            server.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize("door", DOORS[:2])
def test_sec_04_supabases_own_doors_are_shut(cloud: None, door: str) -> None:
    with psycopg.connect(database_url(NAME), autocommit=True) as database:
        names = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'buhbot'").fetchall()
        database.execute(f"SET ROLE {door}")
        for (table,) in names:
            with pytest.raises(REFUSED):
                database.execute(f"SELECT * FROM buhbot.{table}")
        with pytest.raises(REFUSED):
            database.execute("SELECT buhbot.receive_update(1, 1, '{}')")


@pytest.mark.parametrize("door", DOORS[:2])
@pytest.mark.parametrize("verb", ["INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}"])
def test_sec_04_nothing_is_written_through_them(cloud: None, door: str, verb: str) -> None:
    """As PostgREST asks: one transaction that takes the role and the claims of the token, and says them."""
    with psycopg.connect(database_url(NAME), autocommit=True) as database:
        for table in ("buhbot_user", "buhbot_message", "sla_request", "feedback_vote"):
            with database.transaction(force_rollback=True):
                database.execute(AS_POSTGREST, [door, f'{{"role": "{door}"}}'])
                with pytest.raises(REFUSED):
                    database.execute(verb.format(f"buhbot.{table}"))


def test_sec_04_supabases_own_linter_finds_nothing(cloud: None) -> None:
    assert _lint() == []


def test_sec_04_the_linter_sees_our_schema(cloud: None) -> None:
    """What it finds nothing in, it has looked at."""
    with psycopg.connect(database_url(NAME), autocommit=True) as database:
        database.execute("CREATE FUNCTION buhbot.loose() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        try:
            found = _lint()
        finally:
            database.execute("DROP FUNCTION buhbot.loose()")
    assert [(one["name"], one["metadata"]["name"]) for one in found] == [
        ("function_search_path_mutable", "loose")
    ]


def _lint() -> list[dict[str, Any]]:
    linter = str(LINTER) if LINTER.exists() else shutil.which("supabase")
    if not linter:
        pytest.skip("Supabase's linter is not installed: `.ci/run packages` brings it where there is npm")
    command = [linter, "db", "advisors", f"--remote={database_url(NAME)}", "--type", "security"]
    done = subprocess.run(
        [*command, "--level", "warn", "--fail-on", "none", "--output-format", "json"],
        env=os.environ | {"SUPABASE_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1", "PGSSLMODE": "disable"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout)["results"])


@pytest.mark.parametrize("door", DOORS)
def test_sec_04_no_privilege_of_any_kind_is_left_to_them(cloud: None, door: str) -> None:
    with psycopg.connect(database_url(NAME), autocommit=True) as database:
        row = database.execute(
            "SELECT has_schema_privilege(%(door)s, 'buhbot', 'USAGE, CREATE'),"
            " bool_or(has_table_privilege(%(door)s, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER'))"
            " FROM pg_class c WHERE relnamespace = 'buhbot'::regnamespace AND relkind IN ('r', 'p', 'v')",
            {"door": door},
        ).fetchone()
    assert row == (False, False)


def test_sec_04_a_table_made_later_is_shut_to_them_too(cloud: None) -> None:
    with psycopg.connect(database_url(NAME)) as database:
        database.execute("SET ROLE buhbot_owner")
        database.execute("CREATE TABLE buhbot.later (id int)")
        row = database.execute("SELECT relacl FROM pg_class WHERE relname = 'later'").fetchone()
        database.rollback()
    assert row == (None,)


def test_sec_02_the_web_login_finds_the_tables_by_itself(cloud: None) -> None:
    with psycopg.connect(database_url(NAME, "buhbot_web")) as web:
        assert web.execute("SELECT count(*) FROM metrics() WHERE name = 'bot_inbox_pending'").fetchone() == (
            1,
        )


def test_migrating_again_does_nothing(cloud: None) -> None:
    done = _migrate(LOGIN)
    assert done.returncode == 0, done.stderr
    assert "No migrations to apply." in done.stdout
    assert "Access is as it should be." in done.stdout


def test_migrations_wait_for_each_other(cloud: None) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(_migrate, [LOGIN, ""]))
    assert [process.returncode for process in done] == [0, 0], done[0].stderr + done[1].stderr


def test_run_03_a_login_that_may_not_prepare_is_told_what_to_run(cloud: None) -> None:
    with psycopg.connect(database_url(NAME), autocommit=True) as database:
        database.execute("CREATE ROLE stranger LOGIN")
        done = _migrate("stranger")
        database.execute("DROP ROLE stranger")
    assert done.returncode == 1
    assert "DATABASE_MIGRATION_URL" in done.stderr
    assert 'GRANT buhbot_owner TO "stranger";' in done.stderr
    assert "Traceback" not in done.stderr


EMPTY = Found("postgres", "postgres", True, False, False, False, frozenset(), frozenset(), frozenset())


def test_sec_01_the_web_login_inherits_nothing_and_is_no_member_of_the_service() -> None:
    made = missing_statements(EMPTY, login_serves=False)
    assert "CREATE ROLE buhbot_web LOGIN NOINHERIT" in made
    assert not [statement for statement in made if statement.startswith("GRANT buhbot_service")]


@pytest.mark.parametrize(("login_serves", "times"), [(False, 0), (True, 1)])
def test_the_search_path_of_a_foreign_login_changes_only_where_it_serves(
    login_serves: bool, times: int
) -> None:
    made = missing_statements(EMPTY, login_serves=login_serves)
    assert sum('ALTER ROLE "postgres"' in statement for statement in made) == times


def test_no_statement_of_the_bootstrap_carries_a_password() -> None:
    assert "PASSWORD" not in "".join(missing_statements(EMPTY, login_serves=True)).upper()
