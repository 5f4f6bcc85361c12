"""Managers look through every vote, filter, download, and see how it changed (FBK-01, FBK-02, ADM-01, ADM-04)."""

import io
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from buhbot.models import Role
from feedback.models import Vote, VoteEvent
from tests.admin.firm import Firm
from tests.admin.test_home import TILE
from tests.admin.visits import counted, page
from tests.flows.rating import OVER, rated
from tests.flows.surveying import NOW

LIST = "feedback_vote_changelist"


@pytest.fixture
def rated_firm(firm: Firm) -> Firm:
    rated({firm.people[Role.ACCOUNTANT]: "55431", firm.foreign.assignment.user: "54-"}, comments=True)
    rated({None: "09"}, person=9500, kind="nps", title="Советуют ли", started_at=NOW)
    return firm


def found(firm: Firm, **query: Any) -> Any:
    answer = firm.browser(Role.MANAGER).get(reverse(f"admin:{LIST}"), query)
    assert answer.status_code == 200
    return answer


FILTERS = [
    ({}, 10),
    ({"rating": "counted"}, 9),
    ({"rating": "withdrawn"}, 1),
    ({"rating": "5"}, 3),
    ({"rating": "satisfied"}, 5),
    ({"kind": "nps"}, 2),
    ({"quarter": "2026-Q4", "kind": "stars"}, 8),
    ({"quarter": "2026-Q3"}, 0),
    ({"owner": "none"}, 2),
    ({"started": "2026-11-24..2026-11-24"}, 10),
    ({"started": "2026-01-01..2026-01-02"}, 0),
    ({"started": "x", "quarter": "2026-Q9", "tier": "x"}, 10),
]


@pytest.mark.parametrize(("query", "count"), FILTERS)
def test_fbk_02_votes_are_filtered(rated_firm: Firm, query: dict[str, str], count: int) -> None:
    assert found(rated_firm, **query).context["cl"].result_count == count


def test_fbk_02_votes_are_filtered_by_accountant_survey_and_chat(rated_firm: Firm) -> None:
    vote = Vote.objects.filter(rating=3).get()
    own = {"delivery__accountant__id__exact": rated_firm.people[Role.ACCOUNTANT].pk}
    assert found(rated_firm, **own).context["cl"].result_count == 5
    assert (
        found(rated_firm, delivery__survey__id__exact=vote.delivery.survey_id).context["cl"].result_count == 8
    )
    assert found(rated_firm, delivery__chat__id__exact=vote.delivery.chat_id).context["cl"].result_count == 1


def test_fbk_02_the_list_tells_the_figures_of_its_rows(rated_firm: Firm) -> None:
    told = found(rated_firm).content.decode()
    assert "71\u00a0%" in told
    assert "N = 7" in told
    assert "N = 2" in told


def test_fbk_02_a_vote_shows_how_it_changed(rated_firm: Firm) -> None:
    vote = Vote.objects.filter(rating=3).get()
    for kind, rating in (("given", 5), ("changed", 3)):
        VoteEvent.objects.create(vote=vote, kind=kind, rating=rating, at=NOW)
    told = page(rated_firm, Role.MANAGER, "feedback_vote_change", vote.pk)
    assert told.index("5\u00a0★") < told.rindex("3\u00a0★")


def test_fbk_02_files_hold_the_filtered_votes_and_no_formula(rated_firm: Firm) -> None:
    Vote.objects.filter(rating=3).update(comment="=HYPERLINK(1)", name="+7 900")
    address, browser = reverse("admin:feedback_vote_export"), rated_firm.browser(Role.MANAGER)
    text = browser.get(address, {"rating": "3"}).content.decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert "'=HYPERLINK(1)" in text
    assert "'+7 900" in text
    book = load_workbook(io.BytesIO(browser.get(address, {"file": "xlsx", "kind": "nps"}).content))
    assert book.worksheets[1].max_row == 3


def test_adm_01_the_tile_of_the_quarter_leads_to_exactly_its_rows(rated_firm: Firm) -> None:
    with time_machine.travel(OVER, tick=False):
        home = page(rated_firm, Role.MANAGER, "home_piece", "now")
        link, rows = next((link, rows) for link, rows in TILE.findall(home) if "feedback" in link)
        assert "71\u00a0%" in home
        answer = rated_firm.browser(Role.MANAGER).get(link.replace("&amp;", "&"))
    assert answer.context["cl"].result_count == int(rows) == 7


@pytest.mark.parametrize(("role", "is_there"), [(Role.MANAGER, True), (Role.ACCOUNTANT, False)])
def test_adm_04_a_chats_page_leads_to_its_ratings(firm: Firm, role: str, is_there: bool) -> None:
    told = page(firm, role, "buhbot_chat_health", firm.own.chat.pk)
    assert (f"delivery__chat__id__exact={firm.own.chat.pk}" in told) == is_there


def test_fbk_02_the_list_takes_few_queries(rated_firm: Firm) -> None:
    browser = rated_firm.browser(Role.MANAGER)
    with CaptureQueriesContext(connection) as queries:
        browser.get(reverse(f"admin:{LIST}"))
    assert counted(queries.captured_queries) <= 12
