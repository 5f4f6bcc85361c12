"""Home: tiles that lead to exactly their rows, pieces with the page's rights, and the first steps (ADM-01, ADM-08)."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from bot.models import BotAccount, InboundUpdate, SenderLease
from buhbot.admin.first_steps import Step, first_steps, first_steps_part
from buhbot.models import Backup, Calendar, CalendarException, Chat, Message, Role, User
from buhbot.services.production import load_years
from buhbot.texts import share
from sla.admin.countdown import countdown
from sla.admin.home_charts import heatmap, shade
from sla.figures import waiting_now
from sla.models import Request
from sla.rules import NEVER
from sla.services import resolve
from sla.services.closing import answer
from sla.services.pausing import pause
from templates_app.models import ReceivedFile
from tests.admin.firm import ASKED_AT, Firm, ask, client_chat
from tests.admin.visits import NOW
from tests.sla.history import message

PIECES = [*configured.HOME_PIECES]
MINUTE = timedelta(minutes=1)
TILE = re.compile(r'<a href="([^"]+)" class="bb-tile [^"]*" data-rows="(\d+)">')
MANY = 25


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def see(firm: Firm, role: str, piece: str) -> str:
    answer = firm.browser(role).get(reverse("admin:home_piece", args=[piece]))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def busy(firm: Firm) -> Firm:
    """Some requests of each fate, in chats of both accountants."""
    anna = firm.people[Role.ACCOUNTANT]
    for number, accountant in enumerate([anna, anna, firm.foreign.assignment.user, anna], start=3):
        chat = client_chat(number, f"Клиент {number}", accountant)
        early = ask(chat, "Когда будет акт?", ASKED_AT + number * MINUTE, message_id=800_000)
        answer(early, message(chat, early.opened_at + 10 * number * MINUTE, accountant))
        ask(chat, "Когда будет счёт?", ASKED_AT + timedelta(minutes=70 + number), message_id=900_000)
    resolve(firm.foreign.request.pk, actor=firm.people[Role.MANAGER], now=NOW)
    return firm


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MANAGER, Role.ACCOUNTANT])
def test_each_tile_leads_to_exactly_the_rows_that_it_counts(busy: Firm, role: str) -> None:  # ADM-01
    tiles = TILE.findall(see(busy, role, "now"))
    assert len(tiles) == 5 + (role != Role.ACCOUNTANT)
    browser = busy.browser(role)
    for link, rows in tiles:
        found = browser.get(link.replace("&amp;", "&"))
        assert found.status_code == 200
        assert found.context["cl"].result_count == int(rows), link


def test_the_tiles_of_a_manager_and_an_accountant_differ(busy: Firm) -> None:  # RBAC-02
    counted = {
        role: [int(rows) for _link, rows in TILE.findall(see(busy, role, "now"))] for role in Role.values
    }
    assert counted[Role.MANAGER] == counted[Role.ADMIN] == [6, 4, 4, 5, 1, 0]
    assert counted[Role.ACCOUNTANT] == [4, 3, 3, 4, 1]
    assert counted[Role.OBSERVER] == []  # figures without links


def test_an_observer_sees_the_figures_of_the_firm_and_nothing_else(busy: Firm) -> None:  # RBAC table
    texts = [see(busy, Role.OBSERVER, piece) for piece in PIECES]
    values = [
        re.findall(r'bb-tile-value">([^<]+)<', see(busy, role, "now"))
        for role in (Role.OBSERVER, Role.MANAGER)
    ]
    assert values[0] == values[1]
    for text in texts:
        assert "/admin/sla/" not in text
        assert not re.search("Анна|Борис|Ромашка|Клиент 3", text)


def test_no_piece_tells_an_accountant_of_another(busy: Firm) -> None:  # RBAC-02
    for piece in PIECES:
        assert not re.search("Борис|Вектор|Клиент 5", see(busy, Role.ACCOUNTANT, piece))


def test_a_piece_that_is_none_is_not_found(firm: Firm, client: Any) -> None:
    assert firm.browser(Role.ADMIN).get(reverse("admin:home_piece", args=["secrets"])).status_code == 404
    assert client.get(reverse("admin:home_piece", args=["now"])).status_code == 302


@pytest.mark.parametrize("role", Role.values)
def test_adm_12_no_piece_needs_more_than_twelve_queries_however_much_there_is(firm: Firm, role: str) -> None:
    before = {page: queries(firm, role, page) for page in pages()}
    for number in range(10, 10 + MANY):
        ask(client_chat(number, f"Клиент {number}", firm.people[Role.ACCOUNTANT]), "Где акт?")
    assert {page: queries(firm, role, page) for page in pages()} == before
    assert max(before.values()) <= 12, before


def pages() -> list[str]:
    return [reverse("admin:index"), *(reverse("admin:home_piece", args=[piece]) for piece in PIECES)]


def queries(firm: Firm, role: str, page: str) -> int:
    browser = firm.browser(role)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(page).status_code == 200
    own = ("SAVEPOINT", "RELEASE", "SELECT set_config('role', 'none'")  # of the test's browser
    return sum(not query["sql"].startswith(own) for query in captured)


def test_who_waits_longest_is_who_waited_most_working_time(firm: Firm) -> None:  # REQ-09
    paused, plain = firm.own.request, firm.foreign.request
    pause(paused, actor=firm.people[Role.MANAGER], at=ASKED_AT + MINUTE)
    found = waiting_now(Request.objects.all(), now=NOW)
    assert (found.longest_pk, found.longest) == (plain.pk, NOW - ASKED_AT)
    assert (found.open, found.overdue) == (2, 1)


def test_a_clock_runs_in_working_hours_and_stands_outside(firm: Firm) -> None:  # ADM-01
    request = ask(client_chat(9, "Гранд", firm.people[Role.ACCOUNTANT]), "Где акт?", NOW)
    at_work = countdown(request, now=NOW + 20 * MINUTE)
    assert (at_work.seconds, at_work.is_running, at_work.note) == (40 * 60, True, "")
    evening = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # Monday, 23:00 in Moscow
    at_night = countdown(request, now=evening)
    assert (at_night.is_running, at_night.changes_in) == (False, 10 * 3600)
    assert at_night.note == "часы стоят до вт 24.11 09:00"


def test_a_clock_that_waits_for_the_client_does_not_run(firm: Firm) -> None:  # TIM-08
    request = firm.own.request
    pause(request, actor=firm.people[Role.MANAGER], at=NOW)
    found = countdown(request, now=NOW + MINUTE)
    assert (found.is_running, found.seconds, found.text) == (False, None, "просрочено на 31\u00a0мин")


def test_wt_06_what_is_never_due_counts_nothing_down(firm: Firm) -> None:
    Request.objects.filter(pk=firm.own.request.pk).update(due_at=NEVER, warn_at=None, breached_at=None)
    found = countdown(Request.objects.get(pk=firm.own.request.pk), now=NOW)
    assert (found.seconds, found.note) == (None, "")
    assert "9999" not in see(firm, Role.MANAGER, "now")


@pytest.mark.parametrize(
    ("value", "text"), [(None, "—"), (1.0, "100\u00a0%"), (0.9999, "99,9\u00a0%"), (0.57, "57\u00a0%")]
)
def test_all_is_a_hundred_percent_only_when_it_is_all(value: float | None, text: str) -> None:
    assert share(value) == text


def test_the_heatmap_shades_up_to_the_busiest_hour() -> None:
    assert [shade(count, 10) for count in (0, 1, 2, 3, 9, 10)] == [0, 1, 1, 2, 5, 5]
    table = heatmap([[0] * 24 for _day in range(7)])
    assert {cell["shade"] for row in table["rows"] for cell in row["hours"]} == {0}


# First steps (ADM-08)

DECEMBER = datetime(2026, 12, 1, 9, tzinfo=UTC)


def step(title: str, now: datetime = NOW) -> Step:
    """Find the step by its English title; return it as people read it."""
    with override("en"):
        titles = [one.title for one in first_steps(now)]
    return first_steps(now)[next(place for place, found in enumerate(titles) if title in found)]


def _know_bot() -> None:
    BotAccount.objects.create(telegram_id=7000000001, username="bot", checked_at=NOW)


def _hold_lease() -> None:
    SenderLease.objects.create(holder="bot", expires_at=NOW + MINUTE)


def _receive() -> None:
    InboundUpdate.objects.create(update_id=8, lane=1, payload={})


def _nobody_received() -> None:
    InboundUpdate.objects.all().delete()


def _unlink(role: str) -> None:
    User.objects.filter(role=role).update(telegram_id=None)


def _all_blocked() -> None:
    User.objects.update(unreachable_since=NOW)


def _no_calendar() -> None:
    CalendarException.objects.all().delete()


def _copies(copy: str, error: str) -> None:
    kept = {"copy": copy, "copy_error": error, "bucket": "files", "storage_key": "1/a"}
    message_of_chat = Message.objects.earliest("pk")
    times = {"received_at": NOW, "registered_at": NOW, "copy_after": NOW}
    whose: dict[str, Any] = {"chat_id": message_of_chat.chat_id, "message": message_of_chat}
    ReceivedFile.objects.update_or_create(**whose, kind="document", defaults=kept | times)


def _backup(hours: int) -> None:
    Backup.objects.create(name=f"{hours}", made_at=NOW - timedelta(hours=hours), size_bytes=1, sha256="")


STEPS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    # what makes it undone, and what makes it done
    "token works": (lambda: None, _know_bot),
    "bot is running": (
        lambda: SenderLease.objects.create(holder="gone", expires_at=NOW - MINUTE),
        _hold_lease,
    ),
    "delivers messages": (_nobody_received, _receive),
    "production calendar": (_no_calendar, lambda: load_years([2026])),
    "accountant is linked": (
        lambda: _unlink(Role.ACCOUNTANT),
        lambda: User.objects.filter(full_name="Анна").update(telegram_id=601),
    ),
    "manager can be told": (_all_blocked, lambda: User.objects.update(unreachable_since=None)),
    "is monitored": (
        lambda: Chat.objects.update(is_monitored=False),
        lambda: Chat.objects.filter(title="Ромашка").update(is_monitored=True),
    ),
    "files are kept": (lambda: _copies("waiting", "refused"), lambda: _copies("stored", "")),
    "last backup": (lambda: _backup(27), lambda: _backup(25)),
}


def test_every_first_step_is_tried(firm: Firm) -> None:
    with override("en"):
        titles = [one.title for one in first_steps(NOW)]
    assert [sum(name in title for title in titles) for name in STEPS] == [1] * len(titles)


@pytest.mark.parametrize("name", STEPS)
def test_adm_08_a_first_step_is_open_until_it_is_done(firm: Firm, name: str) -> None:
    undo, do = STEPS[name]
    undo()
    assert not step(name).is_done
    assert escape(step(name).title) in see(firm, Role.MANAGER, "steps")
    link = step(name).link
    assert link.startswith("https://t.me/") or firm.browser(Role.MANAGER).get(link).status_code == 200
    SenderLease.objects.all().delete()
    do()
    assert step(name).is_done


def test_adm_08_in_december_the_next_year_is_wanted_too(firm: Firm) -> None:
    load_years([2026])
    CalendarException.objects.filter(date__year=2027).delete()
    assert not step("production calendar", DECEMBER).is_done
    load_years([2027], force=True)
    assert step("production calendar", DECEMBER).is_done


def test_adm_08_a_calendar_of_ones_own_needs_no_production_year(firm: Firm) -> None:
    CalendarException.objects.all().delete()
    Calendar.objects.update(follows_production_calendar=False)
    assert step("production calendar").is_done


def test_adm_08_the_checklist_goes_when_all_is_done_and_others_never_get_it(firm: Firm) -> None:
    load_years([2026])
    manager = firm.people[Role.MANAGER]
    assert first_steps_part(manager, NOW).content["done"] == 5
    _copies("stored", "")
    _backup(1)
    assert not first_steps_part(firm.people[Role.ACCOUNTANT], NOW).template
    _know_bot()
    _hold_lease()
    assert not first_steps_part(manager, NOW).template
    assert "bb-steps" not in see(firm, Role.MANAGER, "steps")
