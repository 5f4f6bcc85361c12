"""Measure what row-level security costs on the pages of Admin, in a process of its own (SEC-01, SEC-03).

`python -m tests.bench.policies`; the environment names the database, which is migrated and empty. Each page is opened
with the policies on and off by turns, so that the noise of the machine falls on both. Prints a JSON list of lines.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psycopg

from tests.bench.figures import addresses, people  # sets Django up
from tests.bench.history import write_month

from django.conf import settings  # isort: skip
from django.db import connection  # isort: skip
from django.test import Client  # isort: skip

from buhbot.models import User  # isort: skip
from buhbot.ops.bootstrap import SCHEMA  # isort: skip

TURNS, LOOKS = 3, 3
PAGES = (
    "Home",
    "Home, now",
    "Home, charts",
    "report, accountants",
    "queue",
    "chats",
    "messages",
    "alerts",
    "request",
    "chat",
)
TARGET = "≤ 10 % more"
SWITCH = """
DO $$ DECLARE one regclass; BEGIN
    FOR one IN SELECT oid FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind IN ('r', 'p') LOOP
        EXECUTE format('ALTER TABLE %s {verb} ROW LEVEL SECURITY', one);
    END LOOP;
END $$
"""


@dataclass
class Taken:
    """Milliseconds of pages, and of the queries in them."""

    pages: list[float] = field(default_factory=list)
    queries: list[float] = field(default_factory=list)

    def time_query(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries.append((time.perf_counter() - started) * 1000)


def main() -> None:
    url = os.environ["DATABASE_MIGRATION_URL"]
    write_month(url)
    manager, accountant = people()
    lines, totals = [], {person.pk: (Taken(), Taken()) for person in (manager, accountant)}
    with psycopg.connect(url, autocommit=True) as owner:
        every = addresses(accountant)
        for name in PAGES:
            address = every[name]
            told = [_told(_compared(owner, address, who), totals[who.pk]) for who in (manager, accountant)]
            lines.append(("SEC-03", f"{name}: manager; accountant", TARGET, "; ".join(told)))
    lines += [_total(who.role, *totals[who.pk]) for who in (manager, accountant)]
    sys.stdout.write(json.dumps(lines))


def _compared(owner: psycopg.Connection, address: str, person: User) -> tuple[Taken, Taken]:
    """Open the page by turns; return what it took with the policies, and without."""
    browser = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    browser.force_login(person)
    browser.get(address)
    guarded, bare = Taken(), Taken()
    for _ in range(TURNS):
        for verb, taken in (("ENABLE", guarded), ("DISABLE", bare)):
            owner.execute(SWITCH.format(schema=SCHEMA, verb=verb))
            browser.get(address)
            with connection.execute_wrapper(taken.time_query):
                taken.pages += [_milliseconds(browser, address) for _ in range(LOOKS)]
    owner.execute(SWITCH.format(schema=SCHEMA, verb="ENABLE"))
    return guarded, bare


def _milliseconds(browser: Client, address: str) -> float:
    started = time.perf_counter()
    status = browser.get(address).status_code
    assert status == 200, (address, status)
    return (time.perf_counter() - started) * 1000


def _told(taken: tuple[Taken, Taken], totals: tuple[Taken, Taken]) -> str:
    guarded, bare = (median(one.pages) for one in taken)
    for total, one in zip(totals, taken, strict=True):
        total.pages.append(median(one.pages))
        total.queries.append(sum(one.queries) / len(one.queries))
    return f"{guarded:.1f} instead of {bare:.1f} ms"


def _total(role: str, guarded: Taken, bare: Taken) -> tuple[str, str, str, str]:
    more = sum(guarded.pages) / sum(bare.pages) - 1
    queries = [sum(one.queries) / len(one.queries) for one in (guarded, bare)]
    told = f"{more:+.1%}; a query {queries[0]:.2f} instead of {queries[1]:.2f} ms"
    return "SEC-03", f"all pages together, {role}", TARGET, told


if __name__ == "__main__":
    main()
