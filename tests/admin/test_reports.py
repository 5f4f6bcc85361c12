"""Reports: the same numbers on the page, in the list behind them and in files, for each role its own (ADM-07)."""

import csv
import io
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from buhbot.models import Chat, Role, User
from sla.admin.reports.export import as_csv, as_xlsx, plain
from sla.admin.reports.tables import TABLES, Cell, Column, Table, Unit, makers_for
from sla.figures import Period
from sla.models import Alert, Request, RequestEvent
from tests.admin.firm import Browser
from tests.sla import recount
from tests.sla.history import NOW, Firm, History, person

DRILL = re.compile(r'<a class="bb-drill" href="([^"]+)">(\d+)</a>')
WHOLE = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}
MARCH = Period.of_dates(date(2026, 3, 1), date(2026, 3, 31))
VIEWS = tuple(TABLES)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """A firm with a history, and one person of each role; the accountant is Anna."""
    firm = Firm()
    History(firm, random.Random(7)).play(30)
    _alert()
    others: dict[str, User] = {role: person(role, role) for role in (Role.ADMIN, Role.OBSERVER)}
    return others | {Role.MANAGER: firm.manager, Role.ACCOUNTANT: firm.people[0]}


@pytest.fixture
def manager(db: None) -> User:
    """The manager of a firm without requests."""
    return person("Михаил", Role.MANAGER)


def _alert() -> None:
    """Some requests with alerts, one of them taken 20 working minutes later, one withdrawn."""
    requests = list(Request.objects.exclude(state="cancelled").filter(alerts__isnull=True).order_by("pk")[:4])
    for request in requests:
        Alert.objects.create(request=request, kind="breach", level=1, instant=request.due_at)
    RequestEvent.objects.create(
        request=requests[0], kind="acknowledged", at=requests[0].due_at + timedelta(minutes=1)
    )
    Alert.objects.filter(request=requests[3]).update(withdrawn_at=NOW)


def browse(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def see(user: User, view: str = "summary", **query: Any) -> Any:
    answer = browse(user).get(reverse("admin:sla_reports"), WHOLE | {"view": view} | query)
    assert answer.status_code == 200
    return answer


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def table(answer: Any, number: int = 0) -> list[list[str]]:
    return [[cell.text for cell in row] for row in answer.context["tables"][number]["rows"]]


def download(user: User, kind: str, **query: Any) -> bytes:
    answer = browse(user).get(reverse("admin:sla_reports_export", args=[kind]), WHOLE | query)
    assert answer.status_code == 200
    assert f".{kind}" in answer["Content-Disposition"]
    return bytes(answer.content)


def rows_of_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ACCOUNTANT])
def test_each_number_leads_to_exactly_the_rows_that_it_counts(people: dict[str, User], role: str) -> None:
    browser = browse(people[role])
    for view in VIEWS:
        links = dict.fromkeys(DRILL.findall(text_of(see(people[role], view))))
        assert links, view
        for link, count in list(links)[:20]:
            found = browser.get(link.replace("&amp;", "&"))
            assert found.context["cl"].result_count == int(count), link


def test_the_page_agrees_with_a_recount_from_the_events(people: dict[str, User]) -> None:  # principle 8
    facts = recount.of_period(recount.facts(), MARCH)
    expected = recount.score(facts, NOW)
    tiles = [cell.text for cell in see(people[Role.MANAGER]).context["tiles"]["rows"][0]]
    assert tiles[:5] == [
        str(number)
        for number in (expected.opened, expected.in_time, expected.missed, expected.overdue, expected.waiting)
    ]
    by_chat = recount.grouped(facts, lambda fact: fact.request.chat, NOW)
    shown = {row[0]: row[1] for row in table(see(people[Role.MANAGER], "chats"))}
    assert shown == {str(chat): str(score.opened) for chat, score in by_chat.items()}


def test_what_became_of_requests_adds_up_to_their_number(people: dict[str, User]) -> None:  # ANS-05
    Request.objects.filter(pk__in=Request.objects.filter(state="answered")[:1]).update(close_reason="faq")
    answer = see(people[Role.MANAGER])
    opened, in_time, missed, _overdue, waiting, by_faq = map(int, table_of_tiles(answer)[:6])
    assert by_faq == 1
    assert in_time + missed + waiting + by_faq == opened
    (link,) = [link for link, _count in DRILL.findall(text_of(answer)) if "figure=by_faq" in link][:1]
    found = browse(people[Role.MANAGER]).get(link.replace("&amp;", "&"))
    assert found.context["cl"].result_count == 1


def table_of_tiles(answer: Any) -> list[str]:
    return [cell.text for cell in answer.context["tiles"]["rows"][0]]


def test_filters_narrow_every_view_to_the_same_requests(people: dict[str, User]) -> None:
    chat = Chat.objects.get(title="Вектор")
    owner = User.objects.get(full_name="Борис")
    query = {"chat": str(chat.pk), "owner": str(owner.pk), "tier": str(chat.tier_id)}
    facts = [
        fact
        for fact in recount.of_period(recount.facts(), MARCH)
        if (fact.request.chat_id, fact.owner(NOW)) == (chat.pk, owner.pk)
    ]
    assert facts
    for view in ("accountants", "chats", "tiers"):
        assert [row[1] for row in table(see(people[Role.MANAGER], view, **query))] == [str(len(facts))], view
    for link, count in DRILL.findall(text_of(see(people[Role.MANAGER], "summary", **query)))[:20]:
        found = browse(people[Role.MANAGER]).get(link.replace("&amp;", "&"))
        assert found.context["cl"].result_count == int(count)


def test_alerts_are_counted_without_withdrawn_ones_and_with_the_time_until_taken(
    people: dict[str, User],
) -> None:
    answer = see(people[Role.MANAGER], "alerts")
    expected = Alert.objects.filter(withdrawn_at__isnull=True).exclude(request__state="cancelled")
    kinds = {row[0]: row[1] for row in table(answer)}
    assert kinds["срок пропущен"] == str(expected.filter(kind="breach").count())
    alerted, taken, median, p90 = table(see(people[Role.MANAGER], "taking"))[0]
    assert (alerted, taken) == (str(len({alert.request_id for alert in expected})), "1")
    assert median == p90


# Rights


def test_an_accountant_sees_own_chats_and_no_colleague(people: dict[str, User]) -> None:  # RBAC-02
    anna = people[Role.ACCOUNTANT]
    for view in VIEWS:
        text = text_of(see(anna, view))
        assert not re.search("Борис|Вера|Вектор|Гранд|Ничья", text), view
    assert [row[0] for row in table(see(anna, "accountants"))] == ["Анна"]


def test_an_accountant_gets_no_more_by_asking_for_it(people: dict[str, User]) -> None:  # RBAC-02
    anna, boris = people[Role.ACCOUNTANT], User.objects.get(full_name="Борис")
    foreign = Chat.objects.get(title="Вектор")
    own = download(anna, "csv", view="chats")
    assert download(anna, "csv", view="chats", owner=str(boris.pk)) == own
    assert download(anna, "csv", view="chats", chat=str(foreign.pk)) == own
    book = load_workbook(io.BytesIO(download(anna, "xlsx", owner=str(boris.pk))))
    every = " ".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    assert not re.search("Борис|Вера|Вектор|Гранд|Ничья", every)
    assert "такого варианта нет" in text_of(see(anna, chat=str(foreign.pk)))


def test_an_observer_gets_the_firms_aggregates_without_people_alerts_and_links(
    people: dict[str, User],
) -> None:
    observer, manager = people[Role.OBSERVER], people[Role.MANAGER]
    for view in VIEWS:
        text = text_of(see(observer, view))
        assert "bb-drill" not in text
        assert not re.search("Анна|Борис|Вера|Михаил", text)
    for view in ("summary", "chats", "tiers", "lateness", "backlog"):
        assert table(see(observer, view)) == table(see(manager, view)), view
    assert table(see(observer, "accountants")) == table(see(observer, "summary"))
    every = load_workbook(io.BytesIO(download(observer, "xlsx"))).sheetnames
    assert not {"По бухгалтерам", "Оповещения"} & set(every)


def test_nobody_gets_a_report_without_signing_in(client: Any, db: None) -> None:
    for address in (reverse("admin:sla_reports"), reverse("admin:sla_reports_export", args=["csv"])):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("role", Role.values)
def test_adm_12_no_view_needs_more_than_twelve_queries(people: dict[str, User], role: str) -> None:
    browser = browse(people[role])
    of_the_test = ("SAVEPOINT", "RELEASE", "SELECT set_config('role', 'none'")
    for view in VIEWS:
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("admin:sla_reports"), WHOLE | {"view": view})
        sql = [query["sql"][:150] for query in captured if not query["sql"].startswith(of_the_test)]
        assert len(sql) <= 12, "\n".join([view, *sql])


# What is asked for wrongly

MISTAKES = [
    ({"period": "custom", "from": "2026-02-30", "to": "2026-03-01"}, "обе даты"),
    ({"period": "custom", "from": "", "to": ""}, "обе даты"),
    ({"period": "custom", "from": "завтра", "to": "2026-03-01"}, "обе даты"),
    ({"period": "custom", "from": "2026-03-02", "to": "2026-03-01"}, "поменяйте даты местами"),
    ({"period": "custom", "from": "0001-01-01", "to": "9999-12-31"}, "не длиннее двух лет"),
    ({"period": "custom", "from": "9999-12-31", "to": "9999-12-31"}, "не длиннее двух лет"),
    ({"period": "century"}, "Такого периода нет"),
    ({"owner": "999999"}, "«Бухгалтер»: такого варианта нет"),
    ({"chat": "-1"}, "«Чат»: такого варианта нет"),
    ({"tier": "1; DROP TABLE"}, "«Уровень»: такого варианта нет"),
    ({"view": "secrets"}, ""),
]


@pytest.mark.parametrize(("query", "sentence"), MISTAKES)
def test_a_wrong_filter_is_told_and_breaks_nothing(
    manager: User, query: dict[str, str], sentence: str
) -> None:
    answer = browse(manager).get(reverse("admin:sla_reports"), query)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    for kind in ("csv", "xlsx"):
        address = reverse("admin:sla_reports_export", args=[kind])
        assert browse(manager).get(address, query).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "figure=late-99999999999999999999", "figure=age-x", "figure=nothing", "figure=alert-none", "opened=..",
        "opened=0001-01-01..9999-12-31", "opened=2026-03-02..2026-03-01", "owner=x", "chat=99999999999999999999",
        "tier=²", "figure=taken&owner=none&tier=none",
    ],
)  # fmt: skip
def test_a_wrong_link_into_the_list_breaks_nothing(manager: User, query: str) -> None:
    address = f"{reverse('admin:sla_request_changelist')}?{query}"
    assert browse(manager).get(address).status_code == 200


def test_another_kind_of_file_is_not_found(manager: User) -> None:
    address = reverse("admin:sla_reports_export", args=["exe"])
    assert browse(manager).get(address).status_code == 404


@pytest.mark.parametrize("preset", ["today", "week", "month", "quarter", "this_month", "last_month"])
def test_every_preset_is_a_period(manager: User, preset: str) -> None:
    answer = browse(manager).get(reverse("admin:sla_reports"), {"period": preset})
    assert answer.context["chosen"].preset == preset
    assert "bb-stale" not in text_of(answer)


# Files


def test_the_csv_holds_what_the_page_shows(people: dict[str, User]) -> None:
    manager = people[Role.MANAGER]
    for view in VIEWS:
        answer, content = see(manager, view), download(manager, "csv", view=view)
        assert content.startswith(b"\xef\xbb\xbf")
        tables = (
            [answer.context["tiles"], *answer.context["tables"]]
            if view == "summary"
            else answer.context["tables"]
        )
        shown = [[cell.text for cell in row] for made in tables for row in made["rows"]]
        found = [row for row in rows_of_csv(content) if row]
        headings = [[column.title for column in made["table"].columns] for made in tables]
        assert len(found) == len(shown) + len(headings), view
        values = [row for row in found if row[0] not in {heading[0] for heading in headings}]
        assert [row[:2] for row in values] == [row[:2] for row in shown]


def test_the_csv_is_written_for_a_russian_excel() -> None:
    units = (Unit.TEXT, Unit.COUNT, Unit.SHARE, Unit.TIME, Unit.DATE, Unit.TIME)
    values = ("a;b", 7, 0.9149, timedelta(minutes=90, seconds=6), date(2026, 3, 1), None)
    made = Table("t", [Column("c", unit) for unit in units], [[Cell(value) for value in values]])
    assert as_csv([made]).decode("utf-8-sig").splitlines()[1] == '"a;b";7;91,5;90,1;01.03.2026;'


def test_the_xlsx_holds_numbers_as_numbers_and_what_the_page_shows(people: dict[str, User]) -> None:
    manager = people[Role.MANAGER]
    book = load_workbook(io.BytesIO(download(manager, "xlsx")))
    assert book.sheetnames == [
        "Отчёт", "Сводка", "По дням", "По бухгалтерам", "По клиентам", "По уровням клиентов", "Опоздания", "Без ответа",
        "Оповещения", "Взятие в работу", "Оценки по опросам", "Оценки по бухгалтерам",
    ]  # fmt: skip
    sheet = [[cell.value for cell in row] for row in book["По клиентам"].iter_rows(min_row=2)]
    assert [[row[0], str(row[1])] for row in sheet] == [row[:2] for row in table(see(manager, "chats"))]
    assert all(isinstance(row[1], int) and isinstance(row[6], float | int | None) for row in sheet)
    assert book["По дням"]["A2"].is_date
    about = {row[0].value: row[1].value for row in book["Отчёт"].iter_rows()}
    assert about["Период"] == "01.03.2026 – 31.03.2026"
    assert about["Часовой пояс"] == "Europe/Moscow"


def test_no_text_in_a_file_is_a_formula(people: dict[str, User]) -> None:  # ADM-07
    evil = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx")
    cells = [[Cell(text), Cell(1)] for text in evil]
    made = Table("=[t]", [Column("=h", Unit.TEXT), Column("n")], cells)
    assert [row[0] for row in rows_of_csv(as_csv([made]))] == [plain(text) for text in ("=h", *evil)]
    assert all(plain(text).startswith("'") for text in evil)
    sheet = load_workbook(io.BytesIO(as_xlsx([made], [("Отчёт", "=1")]))).worksheets[1]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2, max_col=1) for cell in row} == {"s"}
    assert {cell.value for row in sheet.iter_rows(min_row=2, min_col=2) for cell in row} == {1}


def test_a_clients_name_with_a_formula_is_harmless_in_both_files(people: dict[str, User]) -> None:
    Chat.objects.filter(title="Ромашка").update(title="=cmd|' /C calc'!A0\x07", client_name="")
    manager = people[Role.MANAGER]
    assert "'=cmd|' /C calc'!A0" in [
        row[0] for row in rows_of_csv(download(manager, "csv", view="chats")) if row
    ]
    sheet = load_workbook(io.BytesIO(download(manager, "xlsx")))["По клиентам"]
    assert "'=cmd|' /C calc'!A0" in [cell.value for cell in sheet["A"]]


def test_the_views_of_a_role_are_those_of_the_table() -> None:
    assert set(makers_for(Role.OBSERVER)) == {*VIEWS, "feedback"} - {"accountants", "alerts", "taking"}
    assert set(makers_for(Role.ACCOUNTANT)) == {*VIEWS, "feedback"}
