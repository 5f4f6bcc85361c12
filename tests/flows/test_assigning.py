"""A manager has one of the accountants answer (ADM-02): who hears of the request from then on."""

from datetime import UTC, datetime

import pytest

from buhbot.models import Assignment, User
from sla import services
from tests.flows.world import World, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


@pytest.fixture
def boris(world: World) -> User:
    boris = staff("Борис", telegram_id=609)
    Assignment.objects.create(chat=world.chat, user=boris, told_at=TEN)
    return boris


@pytest.fixture
def assigned(world: World, boris: User) -> World:
    world.client_says("Когда будет акт?", TEN)
    services.assign(world.request().pk, to=boris.pk, actor=world.manager, now=TEN + minutes(5))
    world.passes(TEN + minutes(5))
    return world


def test_adm_02_the_assigned_one_is_asked_to_answer(assigned: World, boris: User) -> None:
    assert "просит ответить клиенту" in assigned.sent_to(boris)[0].payload["text"]
    assert "Бухгалтер: Борис" in assigned.sent_to(boris)[0].payload["text"]
    assert not assigned.sent_to(assigned.accountant)


def test_adm_02_warnings_and_breaches_go_to_the_assigned_one_alone(assigned: World, boris: User) -> None:
    assigned.passes(TEN + minutes(60))
    assert len(assigned.alerts_to(boris)) == 2
    assert not assigned.sent_to(assigned.accountant)
    assert assigned.sent_to(assigned.manager)


def test_adm_02_anybody_accepted_may_still_answer(assigned: World) -> None:
    assigned.says(assigned.accountant, "Акт готов", TEN + minutes(10))
    assert assigned.request().closed_by == assigned.accountant


def test_adm_02_when_the_assigned_one_leaves_the_chat_all_are_on_duty_again(
    assigned: World, boris: User
) -> None:
    Assignment.objects.filter(user=boris).delete()
    services.reevaluate_chat_requests([assigned.chat.pk], now=TEN + minutes(20))
    assert [person["name"] for person in assigned.request().on_duty] == [str(assigned.accountant)]
    assigned.passes(TEN + minutes(60))
    assert assigned.sent_to(assigned.accountant)


def test_adm_02_what_another_had_taken_is_taken_no_more(assigned: World, boris: User) -> None:
    services.acknowledge(assigned.request().pk, actor=boris, now=TEN + minutes(6))
    services.assign(
        assigned.request().pk, to=assigned.accountant.pk, actor=assigned.manager, now=TEN + minutes(7)
    )
    assert assigned.request().acknowledged_by is None


def test_adm_02_who_is_not_on_duty_cannot_be_assigned(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    with pytest.raises(services.NotOnDuty):
        services.assign(world.request().pk, to=world.manager.pk, actor=world.manager, now=TEN)


def test_adm_02_an_accountant_assigns_nobody(world: World, boris: User) -> None:
    world.client_says("Когда будет акт?", TEN)
    with pytest.raises(services.NotAllowed):
        services.assign(world.request().pk, to=boris.pk, actor=world.accountant, now=TEN)
