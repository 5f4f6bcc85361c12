"""Who may purge and erase in the database, with plain SQL as each role; and what nobody may (SEC-03, SEC-14)."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.buhbot.conftest import Ask, Firm
from tests.environment import DATABASE, database_url

PEOPLE = ("session", "observer", "accountant", "manager", "admin")
PURGES = (
    "SELECT purge_messages(ARRAY[{own_message}]::bigint[])",
    "SELECT purge_requests(ARRAY[{own_request}]::bigint[])",
    "SELECT purge_files(ARRAY[{own_file}]::bigint[])",
    "SELECT purge_surveys(ARRAY[1]::bigint[])",
    "SELECT purge_audit_entries(ARRAY[1]::bigint[])",
    "SELECT purge_admin_log(ARRAY[1])",
)
ERASURES = (
    "SELECT erase_person(501, 'x', 'x', ARRAY[]::text[])",
    "SELECT erase_requests(501, 'x', ARRAY[]::text[])",
    "SELECT erase_files(501, 'x', ARRAY[]::text[])",
    "SELECT erase_feedback(501, 'x', ARRAY[]::text[])",
    "SELECT erase_traffic(501, 'x', 'x', ARRAY[]::text[])",
    "SELECT plain_words('x')",
)
INNER = (  # called by the others only
    "SELECT discard_files(ARRAY[{own_file}]::bigint[])",
    "SELECT forget_audited('buhbot.chat', ARRAY[1]::bigint[])",
    "SELECT messages_of_person(501)",
    "SELECT chats_of_person(501)",
)
Rows = list[tuple[Any, ...]] | int


@pytest.fixture(scope="module")
def service() -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url(DATABASE, "buhbot_service"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def serve(service: psycopg.Connection, firm: Firm) -> Ask:
    """Run statements as bot, worker and commands do, and undo them: the rows of the last one."""

    def run(*statements: str) -> Rows:
        with service.transaction(force_rollback=True):
            for sql in statements:
                cursor = service.execute(sql.format(**firm.names()).encode())
            return cursor.fetchall() if cursor.description else cursor.rowcount

    return run


@pytest.mark.parametrize("sql", [*PURGES, *ERASURES, *INNER])
@pytest.mark.parametrize("role", PEOPLE)
def test_sec_14_people_purge_nothing_and_administrators_alone_erase(ask: Ask, role: str, sql: str) -> None:
    if role == "admin" and sql in ERASURES:
        ask(role, sql)
        return
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(role, sql)


@pytest.mark.parametrize("sql", [*PURGES, *ERASURES, *INNER])
def test_sec_14_the_web_as_nobody_purges_and_erases_nothing(
    web: psycopg.Connection, firm: Firm, sql: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(sql.format(**firm.names()).encode())


@pytest.mark.parametrize("sql", [*PURGES, *ERASURES])
def test_sec_14_the_service_does_both(serve: Ask, sql: str) -> None:
    serve(sql)


@pytest.mark.parametrize("sql", INNER)
def test_sec_14_the_service_goes_through_the_functions(serve: Ask, sql: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        serve(sql)


AGE = (
    "UPDATE sla_request SET state = 'resolved', fires_at = NULL, closed_at = now() - interval '{}'"
    " WHERE id = {{own_request}}"
)
LEFT = "SELECT count(*) FROM {} WHERE id = {}"
ENTRY = (
    "INSERT INTO buhbot_auditentry (at, kind, source, who, model, object_id, object_name, note, changes)"
    " VALUES (now() - interval '{}', 'done', 'itself', '', 'x', '', '', '', '[]')"
)
YOUNG: list[tuple[str, str, str]] = [
    ("SELECT 1", PURGES[0], LEFT.format("buhbot_message", "{own_message}")),
    (AGE.format("363 days"), PURGES[1], LEFT.format("sla_request", "{own_request}")),
    ("SELECT 1", PURGES[2], LEFT.format("templates_app_receivedfile", "{own_file}")),
    (
        ENTRY.format("363 days"),
        "SELECT purge_audit_entries(ARRAY(SELECT id FROM buhbot_auditentry))",
        "SELECT count(*) FROM buhbot_auditentry WHERE model = 'x'",
    ),
]


@pytest.mark.parametrize(("before", "purge", "left"), YOUNG)
def test_sec_14_the_database_keeps_what_is_younger_than_a_year(
    serve: Ask, before: str, purge: str, left: str
) -> None:
    """Whatever the caller believes; the setting cannot be less."""
    assert serve(before, purge, left) == [(1,)]


def test_sec_14_the_database_deletes_what_is_older(serve: Ask) -> None:
    old = ENTRY.format("366 days")
    purge, left = YOUNG[3][1:]
    assert serve(old, purge, left) == [(0,)]


def test_sec_14_the_database_keeps_an_open_request_however_old(serve: Ask) -> None:
    age = "UPDATE sla_request SET opened_at = now() - interval '9 years' WHERE id = {own_request}"
    assert serve(age, PURGES[1], LEFT.format("sla_request", "{own_request}")) == [(1,)]


@pytest.mark.parametrize("table", ["sla_requestevent", "buhbot_auditentry", "django_admin_log"])
def test_sec_14_the_service_deletes_no_journal_by_itself(serve: Ask, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        serve(f"DELETE FROM {table}")
