"""Measure figures, pages, recomputing and the scan of timers on much data, in a process of its own (PERF-06, TIM-07).

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
from django.test.utils import CaptureQueriesContext  # noqa: E402
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
    manager, accountant = people()
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
    lines.append(
        ("PERF-10, TIM-07", "scan of 1,000,000 timers, 1,000 of them due", "≤ 20 ms", f"{scan():.1f} ms")
    )
    sys.stdout.write(json.dumps(lines))


def people() -> tuple[User, User]:
    """Give a manager, and an accountant of the month that was written."""
    manager = User.objects.create_user("manager@bench.test", None, full_name="М", role=Role.MANAGER)
    accountant = User.objects.filter(role=Role.ACCOUNTANT, email__endswith="@bench.test").earliest("pk")
    return manager, accountant


def pages(manager: User, accountant: User) -> list[tuple[str, str, str, str]]:
    """Measure whole pages of Admin, from the request to the answer, without the network (PERF-06)."""
    found = []
    for name, address in addresses(accountant).items():
        (slow, asked), (slow_own, asked_own) = opened(address, manager), opened(address, accountant)
        taken = f"{slow:.0f} / {slow_own:.0f} ms, {max(asked, asked_own)} queries"
        found.append(("PERF-06", f"{name}: manager / accountant, p95", "≤ 300 ms, ≤ 12 queries", taken))
    return found


def addresses(accountant: User) -> dict[str, str]:
    """Name the pages that are measured, and where they are."""
    home = {f"Home, {name}": reverse("admin:home_piece", args=[name]) for name in settings.HOME_PIECES}
    report = {f"report, {view}": f"{reverse('admin:sla_reports')}?view={view}" for view in TABLES}
    return {"Home": reverse("admin:index")} | home | report | lists(accountant)


def lists(accountant: User) -> dict[str, str]:
    """The lists that people use most, and the pages of a request and of a chat."""
    with as_person(user_id=accountant.pk, role=accountant.role):
        request = visible_requests(accountant).latest("pk")
    row, chat = [request.pk], [request.chat_id]
    return {
        "queue": f"{reverse('admin:sla_request_changelist')}?standing=open",
        "all requests": reverse("admin:sla_request_changelist"),
        "chats": reverse("admin:buhbot_chat_changelist"),
        "messages": reverse("admin:buhbot_message_changelist"),
        "messages, search": f"{reverse('admin:buhbot_message_changelist')}?q=77",
        "alerts": reverse("admin:sla_alert_changelist"),
        "request": reverse("admin:sla_request_change", args=row),
        "chat": reverse("admin:buhbot_chat_change", args=chat),
        "chat, conversation": reverse("admin:buhbot_chat_conversation", args=chat),
    }


def opened(address: str, person: User) -> tuple[float, int]:
    """The milliseconds until the page is there, p95, and how many queries it asks beside saying who asks."""
    browser = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    browser.force_login(person)
    status = browser.get(address).status_code
    assert status == 200, (address, status)
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    asked = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    slow = sorted(samples(lambda: browser.get(address)))[int(0.95 * ROUNDS)]
    return slow, len([sql for sql in asked if "set_config" not in sql])


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
    return median(samples(call))


def samples(call: Callable[[], object]) -> list[float]:
    """The milliseconds that each of the calls takes."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


if __name__ == "__main__":
    main()
