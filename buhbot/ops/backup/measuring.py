"""What a database holds, table by table: the number of rows and a sum over their contents (BAK-01, BAK-02)."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from buhbot.ops.bootstrap import SCHEMA

# The same rows are the same text whatever server, zone or style the sum is made in.
STEADY = {"TimeZone": "UTC", "DateStyle": "ISO, YMD", "IntervalStyle": "iso_8601", "extra_float_digits": "1"}
STEADY |= {"bytea_output": "hex", "lc_monetary": "C", "xmloption": "content"}
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1"
# Order does not matter, and nothing is kept in memory: the first 64 bits of each row's digest are added up.
SUM = """
SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text FROM {table} AS t
"""


@dataclass(frozen=True, slots=True)
class Measure:
    """One table."""

    rows: int
    checksum: str


Measures = dict[str, Measure]


def measure(connection: BaseDatabaseWrapper) -> Measures:
    """Count and sum every table of our schema, as the connection's transaction sees it."""
    found = {}
    with connection.cursor() as cursor:
        for name, value in STEADY.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        cursor.execute(TABLES, [SCHEMA])
        for (table,) in cursor.fetchall():
            cursor.execute(SUM.format(table=f'{SCHEMA}."{table}"'))
            found[table] = Measure(*cursor.fetchone())
    return found


def as_json(measures: Measures) -> dict[str, Any]:
    """Return the form that stands in a manifest."""
    return {table: asdict(found) for table, found in measures.items()}


def from_json(told: dict[str, Any]) -> Measures:
    """Read what `as_json` gave."""
    return {table: Measure(**found) for table, found in told.items()}


def differences(wanted: Measures, found: Measures) -> list[str]:
    """Say in words, a table a line, where the second is not the first."""
    return [
        f"{table}: {_shown(wanted.get(table))} in the backup, {_shown(found.get(table))} in the database"
        for table in sorted(wanted.keys() | found.keys())
        if wanted.get(table) != found.get(table)
    ]


def _shown(measure: Measure | None) -> str:
    return "no such table" if measure is None else f"{measure.rows} rows (sum {measure.checksum})"
