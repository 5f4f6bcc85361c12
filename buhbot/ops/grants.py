"""The SQL that makes the database match `buhbot/access.py` (SEC-01, SEC-03, SEC-04)."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from buhbot.access import FUNCTIONS, TABLES, Access
from buhbot.ops.bootstrap import LOGINS, OWNER, PEOPLE, SCHEMA

OUR_ROLES = (*LOGINS, *PEOPLE)
# Supabase serves these to anyone on the internet who has the public key (SEC-04).
DOORS = ("anon", "authenticated", "service_role")
VERBS = {"r": "SELECT", "c": "INSERT", "u": "UPDATE", "d": "DELETE"}


class AccessMismatch(Exception):
    """The schema and the page do not name the same tables or functions."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the schema holds now. `state` is a digest of every privilege and policy in it."""

    tables: frozenset[str]
    views: frozenset[str]
    functions: frozenset[str]
    policies: tuple[tuple[str, str], ...]
    doors: tuple[str, ...]
    comment: str
    state: str


READ = """
WITH facts (fact) AS (
    SELECT concat_ws(' ', 'relation', relname, relkind, relrowsecurity, relowner::regrole, relacl)
        FROM pg_class WHERE relnamespace = to_regnamespace(%(schema)s) AND relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL SELECT concat_ws(' ', 'column', attrelid::regclass, attname, attacl)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = to_regnamespace(%(schema)s) AND attacl IS NOT NULL
    UNION ALL SELECT concat_ws(' ', 'policy', tablename, policyname, permissive, roles, cmd, qual, with_check)
        FROM pg_policies WHERE schemaname = %(schema)s
    UNION ALL SELECT concat_ws(' ', 'function', oid::regprocedure, prosecdef, proconfig, proacl)
        FROM pg_proc WHERE pronamespace = to_regnamespace(%(schema)s)
    UNION ALL SELECT concat_ws(' ', 'schema', nspowner::regrole, nspacl)
        FROM pg_namespace WHERE nspname = %(schema)s
    UNION ALL SELECT concat_ws(' ', 'default', defaclrole::regrole, defaclnamespace, defaclobjtype, defaclacl)
        FROM pg_default_acl WHERE defaclnamespace = to_regnamespace(%(schema)s) OR defaclrole::regrole::text = %(owner)s
)
SELECT
    ARRAY(SELECT relname::text FROM pg_class
          WHERE relnamespace = to_regnamespace(%(schema)s) AND relkind IN ('r', 'p')),
    ARRAY(SELECT relname::text FROM pg_class
          WHERE relnamespace = to_regnamespace(%(schema)s) AND relkind IN ('v', 'm')),
    ARRAY(SELECT proname || '(' || oidvectortypes(proargtypes) || ')' FROM pg_proc
          WHERE pronamespace = to_regnamespace(%(schema)s)),
    ARRAY(SELECT tablename || ' ' || policyname FROM pg_policies WHERE schemaname = %(schema)s ORDER BY 1),
    ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname = ANY (%(doors)s) ORDER BY 1),
    coalesce(obj_description(to_regnamespace(%(schema)s), 'pg_namespace'), ''),
    (SELECT md5(string_agg(fact, E'\\n' ORDER BY fact COLLATE "C")) FROM facts)
"""


def read_catalogue(connection: BaseDatabaseWrapper) -> Catalogue:
    """Read what the schema holds, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {"schema": SCHEMA, "owner": OWNER, "doors": list(DOORS)})
        tables, views, functions, policies, doors, comment, state = cursor.fetchone()
    pairs = tuple((table, policy) for table, policy in (line.split(" ", 1) for line in policies))
    return Catalogue(
        frozenset(tables), frozenset(views), frozenset(functions), pairs, tuple(doors), comment, state
    )


def require_match(catalogue: Catalogue) -> None:
    """Raise AccessMismatch unless the page names every table of the schema and nothing else (SEC-01)."""
    relations = catalogue.tables | catalogue.views
    complaints = [
        *(f"table {name} has no row in buhbot/access.py" for name in sorted(relations - TABLES.keys())),
        *(
            f"buhbot/access.py names table {name}, which is missing"
            for name in sorted(TABLES.keys() - relations)
        ),
        *(
            f"buhbot/access.py names function {name}, which is missing"
            for name in sorted(FUNCTIONS.keys() - catalogue.functions)
        ),
    ]
    if complaints:
        raise AccessMismatch("; ".join(complaints) + ".")


def statements(catalogue: Catalogue) -> list[str]:
    """Return the SQL of the whole page: shut everything first, then open what is named."""
    everybody = ", ".join(("PUBLIC", *catalogue.doors, *OUR_ROLES))
    return [
        *_shut(everybody),
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {', '.join(OUR_ROLES)}",
        *(f'DROP POLICY "{policy}" ON {SCHEMA}."{table}"' for table, policy in catalogue.policies),
        *(f'ALTER TABLE {SCHEMA}."{table}" ENABLE ROW LEVEL SECURITY' for table in sorted(catalogue.tables)),
        *_open_tables(TABLES, views=catalogue.views),
        *(
            f"ALTER FUNCTION {SCHEMA}.{function} SET search_path = {SCHEMA}, pg_temp"  # none of the caller's
            for function in sorted(catalogue.functions)
        ),
        *(
            f"GRANT EXECUTE ON FUNCTION {SCHEMA}.{function} TO {', '.join(roles)}"
            for function, roles in FUNCTIONS.items()
        ),
    ]


def _shut(everybody: str) -> Iterator[str]:
    yield f"REVOKE ALL ON SCHEMA {SCHEMA} FROM {everybody}"
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA {SCHEMA} FROM {everybody}"
        yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA {SCHEMA} REVOKE ALL ON {kind} FROM {everybody}"
    # The built-in default lets PUBLIC call new functions; only the default for all schemas takes that away.
    yield "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"


def _open_tables(
    tables: Mapping[str, Mapping[str, tuple[Access, ...]]], *, views: Iterable[str]
) -> Iterator[str]:
    for table, roles in tables.items():
        for role, given in roles.items():
            yield from (f'GRANT {_grant(access)} ON {SCHEMA}."{table}" TO {role}' for access in given)
            if table not in views:
                yield from _policies(table, role, given)


def _grant(access: Access) -> str:
    """Name the verbs; an update or a read may be limited to some columns."""
    limits = {"u": access.columns, "r": access.reads}
    columns = {verb: f" ({', '.join(names)})" for verb, names in limits.items() if names}
    return ", ".join(VERBS[verb] + columns.get(verb, "") for verb in access.verbs)


def _policies(table: str, role: str, given: tuple[Access, ...]) -> Iterator[str]:
    """Say which rows. With one condition for all verbs one policy does, as the grant names the verbs."""
    if len(given) == 1:
        (access,) = given
        yield _policy(table, role, "ALL", access.rows)
        return
    for access in given:
        yield from (_policy(table, role, VERBS[verb], access.rows) for verb in access.verbs)


def _policy(table: str, role: str, verb: str, rows: str) -> str:
    using = f" USING ({rows})" if verb != "INSERT" else ""
    check = f" WITH CHECK ({rows})" if verb in {"ALL", "INSERT", "UPDATE"} else ""
    return f'CREATE POLICY "{role} {verb}" ON {SCHEMA}."{table}" FOR {verb} TO {role}{using}{check}'


def apply_access(connection: BaseDatabaseWrapper) -> bool:
    """Make the database match the page, in one transaction; return whether anything had to be done.

    The schema's comment keeps a digest of the page and of the privileges that it led to, so that a deploy that
    changes neither takes no locks. Raises AccessMismatch.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        catalogue = read_catalogue(connection)
        require_match(catalogue)
        page = _digest(catalogue)
        if catalogue.comment == f"access {page} {catalogue.state}":
            return False
        for statement in statements(catalogue):
            cursor.execute(statement)
        state = read_catalogue(connection).state
        cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS 'access {page} {state}'")
    return True


def _digest(catalogue: Catalogue) -> str:
    page = (sorted(TABLES.items()), sorted(FUNCTIONS.items()), catalogue.doors)
    return hashlib.sha256(repr(page).encode()).hexdigest()[:32]
