"""An alert whose every delivery failed counts as told to nobody, and whoever can be reached hears so (ALR-02)."""

from datetime import UTC, datetime

import pytest

from bot.calls import Accepted
from bot.failures import Failure, Meaning
from bot.models import OutgoingMessage
from bot.results import accepted, failed, write_outcomes
from bot.services.deliveries import Letter
from buhbot.models import User
from sla.models import Alert, RequestEvent
from tests.flows.world import World, make_team_chat, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
DUE = TEN + minutes(60)
BLOCKED = Failure(Meaning.UNREACHABLE, "Forbidden: bot was blocked by the user")


@pytest.fixture
def breached(world: World) -> World:
    world.client_says("Где акт?", TEN)
    world.passes(DUE)
    return world


def letter_to(person: User) -> Letter:
    row = OutgoingMessage.objects.filter(recipient=person, alerts__level=1).latest("pk")
    OutgoingMessage.objects.filter(pk=row.pk).update(state="sending")
    row.refresh_from_db()
    return Letter(row, chat_id=person.telegram_id or 0)


def blocks(*people: User) -> None:
    write_outcomes([failed(letter_to(person), BLOCKED, at=DUE + minutes(1)) for person in people])


def breach() -> Alert:
    return Alert.objects.get(level=1)


def loud(person: User) -> list[str]:
    texts = [str(row.payload["text"]) for row in OutgoingMessage.objects.filter(recipient=person)]
    return [text for text in texts if "ни до кого не дошло" in text]


def test_alr_02_an_alert_that_reached_nobody_is_undeliverable(breached: World) -> None:
    blocks(breached.accountant, breached.manager)
    assert breach().is_undeliverable
    assert RequestEvent.objects.filter(kind="undeliverable").count() == 1
    (text,) = loud(breached.admin)
    assert f"№ {breached.request().pk} ООО «Ромашка»" in text


def test_alr_02_one_failure_of_several_is_none_while_another_may_arrive(breached: World) -> None:
    blocks(breached.accountant)
    assert not breach().is_undeliverable
    blocks(breached.manager)
    assert breach().is_undeliverable
    assert len(loud(breached.admin)) == 1


def test_alr_02_what_somebody_has_read_is_delivered(breached: World) -> None:
    write_outcomes([accepted(letter_to(breached.manager), Accepted(7), at=DUE)])
    blocks(breached.accountant)
    assert not breach().is_undeliverable
    assert loud(breached.admin) == []


def test_alr_02_the_team_chat_has_read_it_too(world: World) -> None:
    make_team_chat(world)
    world.client_says("Где акт?", TEN)
    world.passes(DUE)
    blocks(world.accountant, world.manager)
    assert not breach().is_undeliverable


def test_alr_02_a_warning_that_failed_is_told_to_who_is_in_charge(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(50))
    row = OutgoingMessage.objects.get(recipient=world.accountant, alerts__level=0)
    write_outcomes([failed(_sending(row), BLOCKED, at=TEN + minutes(51))])
    assert Alert.objects.get(level=0).is_undeliverable
    assert [len(loud(person)) for person in (world.manager, world.admin)] == [1, 1]


def _sending(row: OutgoingMessage) -> Letter:
    OutgoingMessage.objects.filter(pk=row.pk).update(state="sending")
    row.refresh_from_db()
    return Letter(row, chat_id=1)


def test_alr_02_of_what_has_ended_nobody_need_hear(breached: World) -> None:
    breached.says(breached.accountant, "Отправила", DUE + minutes(1))
    blocks(breached.accountant, breached.manager)
    assert not breach().is_undeliverable
    assert loud(breached.admin) == []


def test_adm_11_another_try_that_arrives_takes_the_mark_back(breached: World) -> None:
    blocks(breached.accountant, breached.manager)
    OutgoingMessage.objects.filter(recipient=breached.manager, alerts__level=1).update(state="queued")
    write_outcomes([accepted(letter_to(breached.manager), Accepted(8), at=DUE + minutes(9))])
    assert not breach().is_undeliverable
