"""As an accountant or an observer nobody can work out a single answer: two worlds look alike to them (FBK-03, FBK-04).

The worlds differ in votes that nobody may tell apart. All that the role can reach, found in the catalogue and in the
resolver, is read in both, and must be the same to the letter.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buhbot.acting import as_person
from buhbot.models import Role
from feedback.models import Survey, Vote
from feedback.services import publish_tallies
from sla.admin.reports.tables import makers_for
from tests.admin.firm import Firm, build
from tests.flows.rating import OVER, rated

READERS = (Role.ACCOUNTANT, Role.OBSERVER)
LATER = OVER + timedelta(days=1)
READABLE = """
SELECT format('SELECT %s FROM %I', string_agg(format('%I', attname), ', ' ORDER BY attnum), relname)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'buhbot'::regnamespace AND relkind IN ('r', 'v', 'm', 'p') AND attnum > 0 AND NOT attisdropped
    AND has_column_privilege(pg_class.oid, attnum, 'SELECT')
GROUP BY relname ORDER BY relname
"""
CALLABLE = """
SELECT proname::text, pronargs FROM pg_proc
WHERE pronamespace = 'buhbot'::regnamespace AND has_function_privilege(oid, 'EXECUTE') ORDER BY 1
"""
KNOWN = {
    "acting_user_id",
    "own_chats",
    "stands_in_for",
    "colleagues",
    "published_feedback",
    "published_comments",
}
SHUT = {
    "feedback_vote",
    "feedback_voteevent",
    "feedback_followup",
    "feedback_commentquestion",
    "feedback_publishedtally",
}
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"period": "week"},
    {"period": "custom", "from": "2026-11-24", "to": "2026-11-24"},
    {"tier": "none"},
)


@pytest.fixture
def firm(db: None) -> Iterator[Firm]:
    with time_machine.travel(LATER, tick=False):
        built = build()
        for role in READERS:
            built.browser(role)
        yield built


def asked(firm: Firm, role: str, sql: str) -> list[Any]:
    with as_person(user_id=firm.people[role].pk, role=role), connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def read_all(firm: Firm, role: str) -> dict[str, list[str]]:
    """Every row and function of the database that the role can reach, with raw SQL."""
    found = {sql: sorted(map(str, asked(firm, role, sql))) for (sql,) in asked(firm, role, READABLE)}
    surveys = Survey.objects.order_by("pk").values_list("pk", flat=True)
    calls = [f"SELECT * FROM published_comments({pk}, {own})" for pk in surveys for own in ("true", "false")]
    for sql in ("SELECT * FROM published_feedback()", *calls):
        found[sql] = list(map(str, asked(firm, role, sql)))
    return found


def browse_all(firm: Firm, role: str) -> dict[str, str]:
    """Home, every view of the reports with every filter, and the files."""
    browser = firm.browser(role)
    pages: list[tuple[str, dict[str, str]]] = [(reverse("admin:home_piece", args=["now"]), {})]
    pages += [
        (reverse("admin:sla_reports"), {"view": view, **more})
        for view in makers_for(role)
        for more in FILTERS
    ]
    for more in FILTERS:
        pages.append((reverse("admin:sla_reports_export", args=["csv"]), {"view": "feedback", **more}))
    return {f"{address}{query}": _shown(browser.get(address, query)) for address, query in pages}


def _shown(answer: Any) -> str:
    """What a person sees: without tokens, which are new on every page."""
    assert answer.status_code == 200
    return re.sub(r'(?<=["\'])[A-Za-z0-9_+/=-]{20,}(?=["\'])', "", answer.content.decode())


def test_fbk_04_the_role_reaches_no_table_of_votes(firm: Firm) -> None:
    for role in READERS:
        tables = {sql.rsplit(" ", 1)[-1] for (sql,) in asked(firm, role, READABLE)}
        assert not tables & SHUT
        assert not any(name.startswith("feedback_") for name in tables)
        assert {name for name, _arguments in asked(firm, role, CALLABLE)} <= KNOWN


def world(firm: Firm, own: str, others: str) -> list[Vote]:
    """A survey with these ratings in the chats of the accountant and of the other one."""
    accountant, other = firm.people[Role.ACCOUNTANT], firm.foreign.assignment.user
    survey = rated({accountant: own, other: others}, comments=True)
    return list(Vote.objects.filter(delivery__survey=survey).order_by("pk"))


def exchange(one: Vote, other: Vote) -> None:
    """Let two persons have given each other's rating."""
    one.rating, other.rating = other.rating, one.rating
    Vote.objects.bulk_update([one, other], ["rating"])


ALIKE = [
    # own ratings, the others'; the two votes that change places
    ("55411", "55411", (0, 2)),
    ("55411", "55411", (5, 8)),
    ("5541", "55411", (0, 4)),  # too few own ones: hidden, so own and foreign answers may change places too
    ("5541", "55411", (0, 8)),
    ("55554", "55411", (4, 0)),
    ("54", "1", (0, 2)),
]


@pytest.mark.parametrize(("own", "others", "places"), ALIKE)
def test_fbk_03_who_gave_which_rating_shows_nowhere(
    firm: Firm, own: str, others: str, places: tuple[int, int]
) -> None:
    votes = world(firm, own, others)
    looks = []
    for _turn in range(2):
        with transaction.atomic():
            publish_tallies(LATER)
            looks.append([(read_all(firm, role), browse_all(firm, role)) for role in READERS])
            transaction.set_rollback(True)
        exchange(votes[places[0]], votes[places[1]])
    assert looks[0] == looks[1]


def test_fbk_03_what_happens_to_a_vote_after_the_end_shows_nowhere(firm: Firm) -> None:
    votes = world(firm, "55411", "55411")
    publish_tallies(LATER)
    before = [(read_all(firm, role), browse_all(firm, role)) for role in READERS]
    Vote.objects.filter(pk=votes[0].pk).update(rating=1)
    Vote.objects.filter(pk=votes[6].pk).update(rating=2)
    publish_tallies(LATER)
    assert [(read_all(firm, role), browse_all(firm, role)) for role in READERS] == before


def test_fbk_03_a_survey_that_runs_shows_nothing(firm: Firm) -> None:
    rated({firm.people[Role.ACCOUNTANT]: "55411"}, comments=True, expires_at=LATER + timedelta(days=1))
    publish_tallies(LATER)
    before = [(read_all(firm, role), browse_all(firm, role)) for role in READERS]
    Vote.objects.filter(rating=5).update(rating=1, comment="Передумала")
    publish_tallies(LATER)
    assert [(read_all(firm, role), browse_all(firm, role)) for role in READERS] == before
    assert [asked(firm, role, "SELECT * FROM published_feedback()") for role in READERS] == [[], []]


@given(st.lists(st.sampled_from("1345-"), max_size=8), st.lists(st.sampled_from("1345-"), max_size=8))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fbk_03_whatever_is_told_holds_enough_persons_who_disagree(
    firm: Firm, own: list[str], others: list[str]
) -> None:
    with transaction.atomic():
        world(firm, "".join(own), "".join(others))
        publish_tallies(LATER)
        told = asked(
            firm, Role.ACCOUNTANT, "SELECT is_own, counts FROM published_feedback() WHERE counts IS NOT NULL"
        )
        transaction.set_rollback(True)
    figures = dict(told)
    rest = (
        [all_ - mine for all_, mine in zip(figures[False], figures[True], strict=True)]
        if len(figures) == 2
        else []
    )
    for counts in [*figures.values(), *([rest] if any(rest) else [])]:
        assert sum(counts) >= 5
        assert max(counts) < sum(counts)
