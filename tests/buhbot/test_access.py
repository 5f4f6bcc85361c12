"""Every table is shut but for what one page names, and a forgotten role is loud (SEC-01, SEC-02)."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections

from buhbot import access
from buhbot.ops.database import as_owner
from buhbot.ops.grants import AccessMismatch, apply_access, read_catalogue
from tests.buhbot.conftest import Ask, Firm
from tests.environment import DATABASE, database_url

REFUSED = psycopg.errors.InsufficientPrivilege


@pytest.fixture
def superuser(django_db_setup: None) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url(DATABASE)) as connection:
        yield connection
        connection.rollback()


def test_sec_01_every_table_has_row_level_security(superuser: psycopg.Connection) -> None:
    rows = superuser.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'buhbot'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relrowsecurity"
    ).fetchall()
    assert rows == []


def test_sec_01_every_table_has_its_row_on_the_page(superuser: psycopg.Connection) -> None:
    rows = superuser.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'buhbot'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
    ).fetchall()
    assert {name for (name,) in rows} == access.TABLES.keys()


def test_sec_01_every_table_belongs_to_the_owner_whom_no_process_serves_as(
    superuser: psycopg.Connection,
) -> None:
    rows = superuser.execute(
        "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'buhbot'::regnamespace"
    ).fetchall()
    assert rows == [("buhbot_owner",)]


def test_sec_01_the_web_login_is_never_the_service(superuser: psycopg.Connection) -> None:
    row = superuser.execute(
        "SELECT pg_has_role('buhbot_web', 'buhbot_service', 'MEMBER'),"
        " pg_has_role('buhbot_web', 'buhbot_owner', 'MEMBER'),"
        " pg_has_role('buhbot_service', 'buhbot_owner', 'MEMBER')"
    ).fetchone()
    assert row == (False, False, False)


@pytest.mark.parametrize("table", sorted(access.TABLES))
def test_sec_02_a_forgotten_role_is_refused_loudly(web: psycopg.Connection, table: str) -> None:
    with pytest.raises(REFUSED):
        web.execute(f"SELECT * FROM {table}")


def test_sec_02_the_role_ends_with_the_transaction(web: psycopg.Connection, ask: Ask) -> None:
    assert ask("manager", "SELECT count(*) FROM buhbot_message") == [(2,)]
    with pytest.raises(REFUSED):
        web.execute("SELECT count(*) FROM buhbot_message")


def test_sec_03_a_person_without_a_number_owns_nothing(web: psycopg.Connection, firm: Firm) -> None:
    with web.transaction():
        web.execute("SELECT set_config('role', 'buhbot_accountant', true)")
        assert web.execute("SELECT count(*) FROM buhbot_message").fetchone() == (0,)


def test_sec_03_nobody_changes_events_not_even_the_service(firm: Firm) -> None:
    statements = [
        f"{verb} {table}{rest}"
        for table in ("sla_requestevent", "buhbot_auditentry")
        for verb, rest in (("UPDATE", " SET note = 'x'"), ("DELETE FROM", ""))
    ]
    with psycopg.connect(database_url(DATABASE, "buhbot_service")) as service:
        for statement in statements:
            with pytest.raises(REFUSED), service.transaction():
                service.execute(statement)


def test_the_web_login_may_call_its_functions(web: psycopg.Connection) -> None:
    with web.transaction(force_rollback=True):
        assert web.execute("SELECT receive_update(77, 1, '{}')").fetchone() == (True,)
        assert web.execute("SELECT receive_update(77, 1, '{}')").fetchone() == (False,)


@pytest.mark.django_db(databases=["owner"], transaction=False)
class TestApplying:
    """In a transaction of the owner, which is rolled back."""

    def test_sec_01_applying_again_changes_nothing(self) -> None:
        with as_owner(connections["owner"]):
            assert apply_access(connections["owner"]) is False

    def test_sec_01_a_table_that_the_page_does_not_know_is_refused(self) -> None:
        self._execute("CREATE TABLE buhbot.stranger (id int)")
        with pytest.raises(AccessMismatch, match="stranger has no row"), as_owner(connections["owner"]):
            apply_access(connections["owner"])

    def test_sec_01_a_table_that_is_missing_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(access.TABLES, "buhbot_ghost", {})
        with (
            pytest.raises(AccessMismatch, match="buhbot_ghost, which is missing"),
            as_owner(connections["owner"]),
        ):
            apply_access(connections["owner"])

    @pytest.mark.parametrize(
        "meddling",
        [
            "GRANT SELECT ON buhbot.buhbot_message TO buhbot_observer",
            "GRANT UPDATE (note) ON buhbot.sla_requestevent TO buhbot_manager",
            "ALTER TABLE buhbot.buhbot_message DISABLE ROW LEVEL SECURITY",
            "CREATE POLICY open ON buhbot.buhbot_message TO PUBLIC USING (true)",
            "GRANT EXECUTE ON FUNCTION buhbot.metrics() TO PUBLIC",
            "ALTER FUNCTION buhbot.own_chats() RESET search_path",
            "GRANT USAGE ON SCHEMA buhbot TO PUBLIC",
            "ALTER DEFAULT PRIVILEGES FOR ROLE buhbot_owner IN SCHEMA buhbot GRANT ALL ON TABLES TO PUBLIC",
        ],
    )
    def test_sec_01_what_was_meddled_with_is_put_right(self, meddling: str) -> None:
        before = read_catalogue(connections["owner"]).state
        self._execute(meddling)
        with as_owner(connections["owner"]):
            assert apply_access(connections["owner"]) is True
        assert read_catalogue(connections["owner"]).state == before

    def _execute(self, sql: str) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(sql)
