"""Measure figures, recomputing and the scan of timers on much data, in a process of its own (ADM-07, TIM-04, TIM-07).

`python -m tests.bench.figures`; the environment names the database, which is migrated and empty. Prints a JSON list
of lines for the page.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median

import django

django.setup()

from django.conf import settings  # noqa: E402 (Django comes first)
from django.db import connection  # noqa: E402
from django.db.models import F  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from buhbot.acting import as_person  # noqa: E402
from buhbot.models import Role, User  # noqa: E402
from sla import figures  # noqa: E402
from sla.admin.reports.tables import TABLES  # noqa: E402
from sla.figures import Period  # noqa: E402
from sla.models import Policy  # noqa: E402
from sla.selectors import visible_requests  # noqa: E402
from sla.services import recompute_outdated, timers  # noqa: E402
from tests.bench.history import NOW, OPEN, write_month, write_timers  # noqa: E402

MONTH = Period(NOW - timedelta(days=30), NOW)
TIMERS = 1_000_000
ROUNDS = 15
SELECTORS: dict[str, Callable[..., object]] = {
    "score of the month": lambda rows: figures.score(rows, MONTH, now=NOW),
    "by accountant": lambda rows: figures.by_accountant(rows, MONTH, now=NOW),
    "by chat": lambda rows: figures.by_chat(rows, MONTH, now=NOW),
    "by tier": lambda rows: figures.by_tier(rows, MONTH, now=NOW),
    "by day": lambda rows: figures.by_day(rows, MONTH, now=NOW),
    "weekday × hour": lambda rows: figures.volume_by_hour(rows, MONTH),
    "late by": lambda rows: figures.late_by(rows, MONTH, now=NOW),
    "backlog, 10,000 open": lambda rows: figures.backlog(rows, now=NOW),
}


def main() -> None:
    url = os.environ["DATABASE_MIGRATION_URL"]
    write_month(url)
    manager = User.objects.create_user("manager@bench.test", None, full_name="М", role=Role.MANAGER)
    accountant = User.objects.filter(role=Role.ACCOUNTANT, email__endswith="@bench.test").first()
    assert accountant is not None
    lines = [
        (
            "ADM-07",
            f"figures of 50,000 requests, {name}: manager / accountant",
            "≤ 300 ms",
            f"{measured(select, manager):.0f} / {measured(select, accountant):.0f} ms",
        )
        for name, select in SELECTORS.items()
    ]
    lines += pages(manager, accountant)
    lines.append(("TIM-04", f"{OPEN:,} open requests recomputed, policy changed", "≤ 60 s", recomputed()))
    write_timers(url, TIMERS)
    lines.append(("TIM-07", "scan of 1,000,000 timers, 1,000 of them due", "≤ 20 ms", f"{scan():.1f} ms"))
    sys.stdout.write(json.dumps(lines))


def pages(manager: User, accountant: User) -> list[tuple[str, str, str, str]]:
    """Measure whole pages of Admin, from the request to the answer, without the network."""
    home = {f"Home, {name}": reverse("admin:home_piece", args=[name]) for name in settings.HOME_PIECES}
    report = {f"report, {view}": f"{reverse('admin:sla_reports')}?view={view}" for view in TABLES}
    found = []
    for name, address in ({"Home": reverse("admin:index")} | home | report).items():
        taken = " / ".join(f"{opened(address, person):.0f}" for person in (manager, accountant))
        found.append(
            ("ADM-07", f"page of 50,000 requests, {name}: manager / accountant", "≤ 300 ms", f"{taken} ms")
        )
    return found


def opened(address: str, person: User) -> float:
    """The milliseconds until the page is there, median."""
    browser = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    browser.force_login(person)
    status = browser.get(address).status_code
    assert status == 200, (address, status)
    return milliseconds(lambda: browser.get(address))


def measured(select: Callable[..., object], person: User) -> float:
    """The milliseconds that it takes under the person's own rights in the database, median."""
    with as_person(user_id=person.pk, role=person.role):
        return milliseconds(lambda: select(visible_requests(person)))


def recomputed() -> str:
    """The seconds in which every open request comes under a changed policy; the closed ones stay to the byte."""
    recompute_outdated(NOW)  # brings the month that was written under the terms of its chats
    before = closed_rows()
    Policy.objects.update(target_minutes=F("target_minutes") + 5)
    started = time.perf_counter()
    count = recompute_outdated(NOW)
    taken = time.perf_counter() - started
    assert (count, closed_rows()) == (OPEN, before), count
    return f"{taken:.1f} s"


def closed_rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(string_agg(request::text, '' ORDER BY id)) FROM sla_request AS request"
            " WHERE state NOT IN ('open', 'waiting_client')"
        )
        return str(cursor.fetchone()[0])


def scan() -> float:
    """The milliseconds of one look at what is due, from the first batch to the last."""
    found: list[tuple[datetime, int]] = []

    def look() -> None:
        batch, last = [], (timers.EARLIEST, 0)
        found.clear()
        while batch := timers._due(NOW, after=last):
            found.extend(batch)
            last = batch[-1]

    taken = milliseconds(look)
    assert len(found) == TIMERS / 1000, len(found)
    return taken


def milliseconds(call: Callable[[], object]) -> float:
    samples = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        samples.append((time.perf_counter() - started) * 1000)
    return median(samples)


if __name__ == "__main__":
    main()
