"""Every table of the schema is purged, or named as kept with a reason (SEC-14)."""

from typing import Any

from django.db import connection

from buhbot.purging import pieces
from buhbot.retention import KEPT


def test_sec_14_every_table_is_purged_or_kept_for_a_reason(db: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'buhbot'")
        tables = {name for (name,) in cursor.fetchall()}
    purged = {table for piece in pieces() for table in piece.tables}
    assert tables - purged - KEPT.keys() == set(), (
        "say in a services/purging.py when rows of these tables go, or in buhbot/retention.py: KEPT why they stay"
    )
    assert purged & KEPT.keys() == set()
    assert (purged | KEPT.keys()) - tables == set()
    assert all(KEPT.values())
