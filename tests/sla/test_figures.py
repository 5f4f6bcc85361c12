"""Figures against a recount from the events, over random histories (principle 8, ADM-01, ADM-07)."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import QuerySet

from buhbot.acting import as_person
from buhbot.models import Role, User
from sla import figures, services
from sla.figures import Period, Score
from sla.models import Request
from sla.selectors import visible_requests
from sla.services.closing import answer
from sla.services.opening import open_request
from tests.sla import recount
from tests.sla.history import DAYS, NOW, START, Firm, History, message, person
from tests.sla.recount import Fact

ZERO, MINUTE = timedelta(), timedelta(minutes=1)
MOSCOW = ZoneInfo("Europe/Moscow")
TEN = datetime(2026, 3, 3, 7, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
EVER = Period(START, START + timedelta(days=DAYS))
PERIODS = [
    EVER,
    Period(datetime(2026, 3, 8, 21, tzinfo=UTC), datetime(2026, 3, 15, 21, tzinfo=UTC)),  # a week of Moscow
    Period(TEN, TEN),
]


def at_ms(found: Score) -> Score:
    """The mean to the millisecond: the database divides decimals, Python floats."""
    return replace(found, mean=found.mean and timedelta(seconds=round(found.mean.total_seconds(), 3)))


def same(rows: dict[Any, Score], expected: dict[Any, Score]) -> None:
    assert {key: at_ms(row) for key, row in rows.items()} == {
        key: at_ms(row) for key, row in expected.items()
    }


@pytest.fixture(params=range(6))
def facts(request: pytest.FixtureRequest, db: None) -> list[Fact]:
    History(Firm(), random.Random(request.param)).play(45)
    return recount.facts()


def everything() -> QuerySet[Request]:
    return Request.objects.all()


def test_every_selector_agrees_with_a_recount_from_the_events(facts: list[Fact], settings: Any) -> None:
    assert {fact.verdict(NOW) for fact in facts} == {"in_time", "late", "overdue", "waiting"}
    for zone in ("Europe/Moscow", "America/New_York", "Europe/Berlin"):
        settings.TIME_ZONE = zone
        for period in PERIODS:
            agrees(facts, period, ZoneInfo(zone))


def agrees(facts: list[Fact], period: Period, zone: ZoneInfo) -> None:
    found = recount.of_period(facts, period)
    same({0: figures.score(everything(), period, now=NOW)}, {0: recount.score(found, NOW)})
    for selector, key in KEYS.items():
        rows = selector(everything(), period, now=NOW)
        same({row.key: row.score for row in rows}, recount.grouped(found, key, NOW))
    days = figures.by_day(everything(), period, now=NOW)
    by_day = recount.grouped(found, lambda fact: fact.opened_at.astimezone(zone).date(), NOW)
    same(dict(days), {day: by_day.get(day, Score()) for day in period.dates()})
    assert by_day.keys() <= dict(days).keys()
    hours = figures.volume_by_hour(everything(), period)
    moments = Counter(fact.opened_at.astimezone(zone) for fact in found)
    assert hours == [
        [sum(n for at, n in moments.items() if (at.weekday(), at.hour) == (day, hour)) for hour in range(24)]
        for day in range(7)
    ]
    late = [fact for fact in found if fact.verdict(NOW) in {"late", "overdue"}]
    for row in figures.late_by(everything(), period, now=NOW):
        here = Counter(
            f.verdict(NOW) for f in late if row.since <= f.over(NOW) < (row.until or timedelta.max)
        )
        assert (row.ended, row.still_open) == (here["late"], here["overdue"])


KEYS: dict[Callable[..., list[figures.Row]], Callable[[Fact], int | None]] = {
    figures.by_accountant: lambda fact: fact.owner(NOW),
    figures.by_chat: lambda fact: fact.request.chat_id,
    figures.by_tier: lambda fact: fact.request.chat.tier_id,
}


def test_the_backlog_agrees_with_a_recount_from_the_events(facts: list[Fact]) -> None:
    still_open = [fact for fact in facts if not fact.how]
    for row in figures.backlog(everything(), now=NOW):
        here = [f for f in still_open if row.since <= f.waited(NOW) < (row.until or timedelta.max)]
        assert (row.waiting, row.overdue) == (len(here), sum(f.verdict(NOW) == "overdue" for f in here))


@pytest.fixture
def firm(db: None) -> Firm:
    return Firm()


def asked(firm: Firm, at: datetime = TEN, chat: int = 0, topic: int = 0) -> Request:
    return open_request(message(firm.chats[chat], at, topic_id=topic))


def answered(firm: Firm, at: datetime, by: User, **where: Any) -> Request:
    request = asked(firm, **where)
    answer(request, message(request.chat, at, by))
    return request


def score(period: Period = EVER, now: datetime = NOW) -> Score:
    return figures.score(everything(), period, now=now)


def test_a_period_without_requests_has_no_compliance(firm: Firm) -> None:
    assert score() == Score()
    assert Score().compliance is None
    assert figures.by_accountant(everything(), EVER, now=NOW) == []
    assert len(figures.by_day(everything(), EVER, now=NOW)) == DAYS + 1  # from 03:00 in Moscow to 03:00
    assert sum(map(sum, figures.volume_by_hour(everything(), EVER))) == 0
    assert {row.waiting for row in figures.backlog(everything(), now=NOW)} == {0}


def test_one_request_is_its_own_median(firm: Firm) -> None:
    answered(firm, TEN + 7 * MINUTE, firm.people[0])
    found = score()
    assert (found.median, found.p90, found.mean) == (7 * MINUTE, 7 * MINUTE, 7 * MINUTE)
    assert (found.opened, found.compliance) == (1, 1.0)


def test_ans_04_an_answer_at_due_is_in_time_and_a_second_later_is_not(firm: Firm) -> None:
    for topic, seconds in ((1, 0), (2, 1)):
        answered(firm, TEN + timedelta(hours=1, seconds=seconds), firm.people[0], topic=topic)
    assert (score().in_time, score().missed, score().compliance) == (1, 1, 0.5)


def test_what_is_open_counts_as_missed_from_due_on(firm: Firm) -> None:
    due = asked(firm).due_at
    before, after = score(now=due - timedelta(seconds=1)), score(now=due)
    assert (before.waiting, before.missed, before.compliance) == (1, 0, None)
    assert (after.waiting, after.missed, after.overdue, after.compliance) == (0, 1, 1, 0.0)


def test_the_end_of_a_period_belongs_to_the_next(firm: Firm) -> None:
    asked(firm)
    assert score(Period(TEN - MINUTE, TEN)).opened == 0
    assert score(Period(TEN, TEN + MINUTE)).opened == 1


def test_p90_is_the_nearest_rank_and_the_median_lies_in_the_middle(firm: Firm) -> None:
    for topic in range(1, 12):
        answered(firm, TEN + topic * MINUTE, firm.people[0], topic=topic)
        found = score()
        assert found.p90 == -(-9 * topic // 10) * MINUTE
        assert found.median == (topic + 1) * MINUTE / 2


def test_resolved_by_hand_is_kept_in_compliance_and_out_of_response_times(firm: Firm) -> None:
    services.resolve(asked(firm).pk, actor=firm.manager, now=TEN + 5 * MINUTE)
    found = score()
    assert (found.in_time, found.resolved, found.answered, found.median) == (1, 1, 0, None)


def test_a_cancelled_request_was_none(firm: Firm) -> None:
    services.cancel(asked(firm).pk, actor=firm.manager, now=NOW)
    assert score() == Score()


def test_a_request_at_midnight_belongs_to_the_day_and_hour_of_the_firm(firm: Firm) -> None:
    asked(firm, datetime(2026, 3, 3, 20, 59, 59, tzinfo=UTC), topic=1)
    asked(firm, datetime(2026, 3, 3, 21, tzinfo=UTC), topic=2)  # Wednesday, 00:00 in Moscow
    days = dict(figures.by_day(everything(), EVER, now=NOW))
    assert (days[date(2026, 3, 3)].opened, days[date(2026, 3, 4)].opened) == (1, 1)
    hours = figures.volume_by_hour(everything(), EVER)
    assert (hours[1][23], hours[2][0]) == (1, 1)


def test_the_credit_goes_to_who_answered_and_a_miss_to_who_was_on_duty(firm: Firm) -> None:  # ANS-03
    anna, boris, _ = firm.people
    answered(firm, TEN + MINUTE, boris, topic=1)
    answered(firm, TEN + 90 * MINUTE, boris, topic=2)
    asked(firm, topic=3)
    found = {row.name: row.score for row in figures.by_accountant(everything(), EVER, now=TEN + 5 * MINUTE)}
    assert (found["Борис"].in_time, found["Борис"].opened) == (1, 1)
    assert (found["Анна"].missed, found["Анна"].waiting) == (1, 1)
    assert {str(anna), str(boris)} == found.keys()


def test_what_nobody_looks_after_is_a_row_without_a_name(firm: Firm) -> None:
    asked(firm, chat=3)
    assert [(row.key, row.name) for row in figures.by_accountant(everything(), EVER, now=NOW)] == [(None, "")]


def test_rbac_02_an_accountant_gets_figures_of_own_chats_from_the_database_too(firm: Firm) -> None:
    anna = firm.people[0]
    answered(firm, TEN + MINUTE, firm.people[1])
    answered(firm, TEN + MINUTE, firm.manager, topic=1)
    asked(firm, chat=1)
    with as_person(user_id=anna.pk, role=Role.ACCOUNTANT):
        assert score().opened == 2
        rows = figures.by_accountant(visible_requests(anna), EVER, now=NOW)
    assert {row.name for row in rows} == {"Борис", ""}  # the manager's account is not theirs to see


def test_an_observer_gets_no_rows(firm: Firm) -> None:
    observer = person("Ольга", Role.OBSERVER)
    asked(firm)
    nothing = visible_requests(observer)
    assert figures.score(nothing, EVER, now=NOW) == Score()
    assert figures.by_chat(nothing, EVER, now=NOW) == []
    assert not any(row.ended or row.still_open for row in figures.late_by(nothing, EVER, now=NOW))
