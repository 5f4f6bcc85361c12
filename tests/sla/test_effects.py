"""A replay under its own terms gives what really happened, so that one under others can be believed (ADM-06)."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count, Q

from buhbot.models import Message
from sla import figures, services
from sla.effects import Tally, effect_of, outcomes, recent, tally, terms_in_force
from sla.figures import Period
from sla.models import Alert, Policy, Request
from sla.rules import Snooze
from sla.services.closing import answer
from sla.services.opening import open_request
from sla.services.pausing import hear_client, pause
from tests.sla.history import NOW, START, Firm, History, message

MONTH = Period(START, NOW)
TEN = datetime(2026, 3, 3, 7, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


def own_tally() -> Tally:
    rows = recent(Request.objects.all(), now=NOW)
    return tally(was for was, _would in outcomes(rows, {}, now=NOW))


@pytest.mark.parametrize("seed", range(8))
def test_adm_06_under_its_own_terms_every_request_is_judged_as_the_figures_do(db: None, seed: int) -> None:
    History(Firm(), random.Random(seed)).play(60)
    score = figures.score(recent(Request.objects.all(), now=NOW), MONTH, now=NOW)
    found = own_tally()
    assert (found.in_time, found.missed) == (score.in_time, score.missed)
    assert found.compliance == score.compliance


class Watched:
    """Requests whose courses are lived through in order, with a tick before everything that happens."""

    def __init__(self, firm: Firm, dice: random.Random) -> None:
        self.firm, self.dice = firm, dice

    def live(self, topic: int) -> None:
        at = START + timedelta(minutes=self.dice.randrange(20 * 1440))
        chat = self.dice.choice(self.firm.chats)
        request = open_request(message(chat, at, topic_id=topic))
        for _ in range(self.dice.randrange(5)):
            at += timedelta(minutes=self.dice.choice([7, 40, 90, 400, 1500]))
            if at >= NOW:
                break
            self.tick(request, at)
            self.dice.choice([self.take, self.snooze, self.wait, self.return_])(request, at)
        self.end(request, at + timedelta(minutes=self.dice.choice([3, 50, 61, 500, 3000])))

    def tick(self, request: Request, at: datetime) -> None:
        services.fire_due(at)
        request.refresh_from_db()

    def take(self, request: Request, at: datetime) -> None:
        services.acknowledge(request.pk, actor=self.firm.manager, now=at)
        request.refresh_from_db()

    def snooze(self, request: Request, at: datetime) -> None:
        length = self.dice.choice(list(Snooze))
        with suppress(services.NothingToPutOff):
            services.snooze(request.pk, actor=self.firm.manager, length=length, now=at)
        request.refresh_from_db()

    def wait(self, request: Request, at: datetime) -> None:
        if request.state == "open":
            pause(request, actor=self.firm.manager, at=at)

    def return_(self, request: Request, at: datetime) -> None:
        hear_client(request, self.said(request, at))

    def said(self, request: Request, at: datetime, staff: Any = None) -> Message:
        return message(request.chat, at, staff, request.topic_id)

    def end(self, request: Request, at: datetime) -> None:
        if self.dice.random() < 0.8 and at < NOW:
            self.tick(request, at - timedelta.resolution)
            answer(request, self.said(request, at, self.firm.manager))


def facts_of(request: Request) -> int:
    """A warning, and one alert each level: what was written of the request, and not withdrawn."""
    return (request.warned_at is not None) + request.level


@pytest.mark.parametrize("seed", range(4))
def test_adm_06_under_its_own_terms_every_request_gives_the_alerts_that_it_gave(db: None, seed: int) -> None:
    Policy.objects.update(acknowledge_minutes=[60, 0][seed % 2])  # CLI-06
    watched = Watched(Firm(), random.Random(seed))
    for topic in range(1, 26):
        watched.live(topic)
    services.fire_due(NOW)
    rows = recent(Request.objects.all(), now=NOW).order_by("pk")
    replayed = {row.pk: found[0].alerts for row, found in zip(rows, outcomes(rows, {}, now=NOW), strict=True)}
    lived = {row.pk: facts_of(row) for row in Request.objects.all()}
    assert {pk: (lived[pk], count) for pk, count in replayed.items() if lived[pk] != count} == {}
    told = Alert.objects.filter(~Q(kind="nudge"), level__gte=1, withdrawn_at=None)
    assert sum(row.level for row in rows) == told.aggregate(count=Count("pk"))["count"]


def ask_and_answer(firm: Firm, minutes: int, topic: int) -> Request:
    request = open_request(message(firm.chats[0], TEN, topic_id=topic))
    answer(request, message(firm.chats[0], TEN + timedelta(minutes=minutes), firm.manager, topic))
    return request


def changed(change: Callable[[], Any]) -> Any:
    before = terms_in_force()
    change()
    return effect_of(before, terms_in_force(), now=NOW)


def test_adm_06_a_shorter_target_misses_more_and_alerts_more(db: None) -> None:
    firm = Firm()
    for topic, minutes in enumerate((10, 35, 45, 59), start=1):
        ask_and_answer(firm, minutes, topic)
    standard = Policy.objects.get(tier__code="standard")
    effect = changed(lambda: Policy.objects.filter(pk=standard.pk).update(target_minutes=40))
    assert (effect.requests, set(effect.chats)) == (4, {firm.chats[0].pk, firm.chats[3].pk})
    assert (effect.before.compliance, effect.after.compliance) == (1.0, 0.5)
    assert effect.before.alerts == 1  # a warning at 48 minutes
    assert effect.after.alerts == 5  # three warnings at 32 minutes, two breaches at 40
    assert round(effect.alerts_a_week, 2) == round(4 / (90 / 7), 2)


def test_adm_06_only_the_chats_whose_terms_change_count(db: None) -> None:
    firm = Firm()
    ask_and_answer(firm, 30, 1)
    premium = Policy.objects.get(tier__code="premium")
    effect = changed(lambda: Policy.objects.filter(pk=premium.pk).update(target_minutes=5))
    assert (effect.chats, effect.requests) == ((firm.chats[1].pk,), 0)
    assert effect.after.compliance is None


def test_adm_06_a_change_that_changes_no_terms_concerns_nobody(db: None) -> None:
    Firm()
    effect = changed(lambda: Policy.objects.filter(is_default=True).update(name="Иначе"))
    assert effect.chats == ()


def test_cli_06_a_policy_by_which_taking_holds_nothing_alerts_more(db: None) -> None:
    firm = Firm()
    request = open_request(message(firm.chats[0], TEN, topic_id=1))
    services.fire_due(TEN + timedelta(minutes=61))
    services.acknowledge(request.pk, actor=firm.manager, now=TEN + timedelta(minutes=61))
    request.refresh_from_db()
    answer(request, message(firm.chats[0], TEN + timedelta(minutes=125), firm.manager, 1))
    policy = Policy.objects.filter(tier__code="standard")
    effect = changed(lambda: policy.update(acknowledge_minutes=0))
    assert (effect.before.alerts, effect.after.alerts) == (3, 4)


def test_adm_06_escalation_and_warning_count_too(db: None) -> None:
    firm = Firm()
    ask_and_answer(firm, 185, 1)  # warned at 48, late at 60, escalated at 90, 120, 150, 180
    policy = Policy.objects.filter(tier__code="standard")
    effect = changed(lambda: policy.update(escalation_minutes=60, warning_percent=0))
    assert (effect.before.alerts, effect.after.alerts) == (6, 3)
    assert effect.before.missed == effect.after.missed == 1
