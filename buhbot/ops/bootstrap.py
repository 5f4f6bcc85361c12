"""Roles, schema and search path that our tables live under, made once by a login that may make roles (SEC-01, SEC-02).

Roles belong to the whole Postgres cluster, schema and search path to one database. Passwords are never set here.
"""

from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

SCHEMA = "buhbot"
OWNER = "buhbot_owner"
LOGINS = ("buhbot_service", "buhbot_web")
PEOPLE = ("buhbot_session", "buhbot_admin", "buhbot_manager", "buhbot_accountant", "buhbot_observer")
# Of its own a login has what is granted to it by name; a person's rights only after it became that person.
CREATE_ROLE = {OWNER: "LOGIN"} | dict.fromkeys(LOGINS, "LOGIN NOINHERIT") | dict.fromkeys(PEOPLE, "NOLOGIN")
# Two databases of a cluster may be bootstrapped at once: somebody else was faster.
SOMEBODY_WAS_FASTER = {"42710", "23505", "XX000"}
ATTEMPTS = 5
HEADING = """\
-- Roles, schema and search paths of BuhBot in a new Supabase project: SQL Editor, as postgres (DB-02).
-- `manage.py migrate` does the same by itself when DATABASE_MIGRATION_URL is the login postgres.
-- Written by buhbot/ops/bootstrap.py: script(); a test compares. Passwords are given afterwards:
--     ALTER ROLE buhbot_owner PASSWORD '…'; the same for buhbot_service and buhbot_web.
"""


class CannotBootstrap(Exception):
    """This login may not make what is missing; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the cluster and the database have already."""

    login: str
    database: str
    may_create_roles: bool
    is_superuser: bool
    may_become_owner: bool
    has_schema: bool
    roles: frozenset[str]
    members: frozenset[tuple[str, str]]
    with_search_path: frozenset[str]


FIND = """
SELECT session_user, current_database(), rolcreaterole OR rolsuper, rolsuper,
    EXISTS (SELECT FROM pg_roles WHERE rolname = %(owner)s)
        AND pg_has_role(session_user, (SELECT oid FROM pg_roles WHERE rolname = %(owner)s), %(may_set)s),
    EXISTS (SELECT FROM pg_namespace WHERE nspname = %(schema)s),
    ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'buhbot\\_%%'),
    ARRAY(SELECT pg_get_userbyid(roleid) || ' ' || pg_get_userbyid(member) FROM pg_auth_members),
    ARRAY(SELECT pg_get_userbyid(setrole)::text FROM pg_db_role_setting
          WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND 'search_path=' || %(schema)s = ANY (setconfig))
FROM pg_roles WHERE rolname = session_user
"""


def _find(connection: BaseDatabaseWrapper) -> Found:
    with connection.cursor() as cursor:
        # Since Postgres 16 a membership may hold without the right to become the role.
        may_set = "SET" if cursor.connection.info.server_version >= 160000 else "MEMBER"
        cursor.execute(FIND, {"owner": OWNER, "schema": SCHEMA, "may_set": may_set})
        *facts, roles, members, paths = cursor.fetchone()
    login, database, may_create_roles, is_superuser, may_become_owner, has_schema = facts
    return Found(
        login=login,
        database=database,
        may_create_roles=may_create_roles,
        is_superuser=is_superuser,
        may_become_owner=may_become_owner,
        has_schema=has_schema,
        roles=frozenset(roles),
        members=frozenset((role, member) for role, member in (pair.split(" ", 1) for pair in members)),
        with_search_path=frozenset(paths),
    )


def missing_statements(found: Found, *, login_serves: bool) -> list[str]:
    """Return the SQL that makes what is missing. `login_serves`: this login also runs the product (a laptop)."""
    statements = [
        f"CREATE ROLE {role} {kind}" for role, kind in CREATE_ROLE.items() if role not in found.roles
    ]
    if not found.may_become_owner:
        statements.append(f'GRANT {OWNER} TO "{found.login}"')
    statements += [
        f"GRANT {person} TO {login}"
        for login in LOGINS
        for person in PEOPLE
        if (person, login) not in found.members
    ]
    if not found.has_schema:
        statements.append(f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {OWNER}")
    wanted = [OWNER, *LOGINS] + ([found.login] if login_serves or found.is_superuser else [])
    statements += [
        f'ALTER ROLE "{role}" IN DATABASE "{found.database}" SET search_path = {SCHEMA}'
        for role in dict.fromkeys(wanted)
        if role not in found.with_search_path
    ]
    return statements


def bootstrap(connection: BaseDatabaseWrapper, *, login_serves: bool) -> list[str]:
    """Make what is missing and return the statements that ran. Raises CannotBootstrap where the login may not."""
    for attempt in range(1, ATTEMPTS + 1):
        found = _find(connection)
        statements = missing_statements(found, login_serves=login_serves)
        if statements and not found.may_create_roles:
            raise CannotBootstrap(_advice(found.login, statements))
        try:
            _run(connection, statements)
        except DatabaseError as error:
            if _state(error) in SOMEBODY_WAS_FASTER and attempt < ATTEMPTS:
                continue
            raise CannotBootstrap(f"{str(error).strip()}\n{_advice(found.login, statements)}") from error
        return statements
    raise AssertionError("unreachable")


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _state(error: DatabaseError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def _advice(login: str, statements: list[str]) -> str:
    lines = "".join(f"    {statement};\n" for statement in statements)
    return (
        f"The database is not prepared, and «{login}» may not prepare it. Either set DATABASE_MIGRATION_URL to a login"
        f" that may create roles (on Supabase: postgres) and migrate again, or have one run this:\n{lines}"
    )


def script() -> str:
    """Return infra/supabase/bootstrap.sql: what `migrate` as postgres does by itself in a new project (DB-02)."""
    found = Found(
        login="postgres",
        database="postgres",
        may_create_roles=True,
        is_superuser=False,
        may_become_owner=False,
        has_schema=False,
        roles=frozenset(),
        members=frozenset(),
        with_search_path=frozenset(),
    )
    lines = "".join(f"{statement};\n" for statement in missing_statements(found, login_serves=False))
    return f"{HEADING}BEGIN;\n{lines}COMMIT;\n"
