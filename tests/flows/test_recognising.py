"""Somebody who wrote in the chat turns out to be of the firm: the open requests are judged anew (ADM-04, TIM-04)."""

from datetime import UTC, datetime

import pytest

from buhbot.models import Assignment, User
from buhbot.services.people import LinkedAlready, TelegramAccountTaken, link_account
from sla import services
from sla.models import Request
from tests.flows.world import World, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
STRANGER = 777


@pytest.fixture
def vera(world: World) -> User:
    vera = staff("Вера")
    Assignment.objects.create(chat=world.chat, user=vera)
    return vera


def is_linked(world: World, user: User) -> None:
    link_account(user, telegram_id=STRANGER, now=TEN + minutes(30))
    services.reevaluate_outdated(TEN + minutes(30))


def test_adm_04_what_an_accountant_said_before_being_linked_is_the_answer(world: World, vera: User) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(STRANGER, "Акт готов, отправила на почту", TEN + minutes(10))
    is_linked(world, vera)
    request = world.request()
    assert (request.state, request.closed_at, request.closed_by) == ("answered", TEN + minutes(10), vera)


def test_adm_04_what_only_staff_opened_is_no_request(world: World, vera: User) -> None:
    world.says(STRANGER, "Коллеги, когда пришлёте документы?", TEN)
    is_linked(world, vera)
    assert (world.request().state, world.request().close_reason) == ("cancelled", "not_a_request")


def test_adm_04_who_does_not_look_after_the_chat_ends_nothing(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(STRANGER, "Акт готов", TEN + minutes(10))
    is_linked(world, staff("Глеб"))
    assert world.request().state == "open"
    assert world.request().request_messages.filter(part="other_staff").count() == 1


def test_adm_04_closed_requests_stay_as_they_are(world: World, vera: User) -> None:  # principle 4
    world.says(STRANGER, "Когда пришлёте документы?", TEN)
    services.resolve(world.request().pk, actor=world.manager, now=TEN + minutes(5))
    is_linked(world, vera)
    assert Request.objects.get().state == "resolved"


def test_alr_08_who_never_pressed_start_is_known_as_unreachable(world: World, vera: User) -> None:
    is_linked(world, vera)
    vera.refresh_from_db()
    assert not vera.is_reachable


def test_stf_01_an_account_belongs_to_one_person(world: World, vera: User) -> None:
    with pytest.raises(LinkedAlready):
        link_account(world.accountant, telegram_id=STRANGER, now=TEN)
    with pytest.raises(TelegramAccountTaken):
        link_account(vera, telegram_id=world.accountant.telegram_id or 0, now=TEN)
