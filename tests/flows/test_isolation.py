"""One request that is broken holds up nobody else's alerts (TIM-01, ALR-02)."""

from datetime import UTC, datetime

import pytest

from bot.announcer import announce
from bot.models import OutgoingMessage
from buhbot.models import Assignment, Calendar, CalendarVersion, Chat
from sla.models import Alert, Request, Tick
from sla.services import fire_due, timers
from tests.flows import telegram
from tests.flows.world import World, ask_elsewhere, minutes

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


@pytest.fixture
def healthy(world: World) -> Chat:
    """A second chat, whose request falls due after the broken one's."""
    chat = Chat.objects.create(
        telegram_id=-1007,
        kind="supergroup",
        title="Б",
        tier=world.chat.tier,
        is_monitored=True,
        registered_at=TEN,
    )
    Assignment.objects.create(chat=chat, user=world.accountant, duty="accountant")
    world.client_says("Когда будет акт?", TEN)
    group, client = telegram.group(-1007, "Б"), telegram.person(777)
    world.receive(message=telegram.message(group, client, TEN + minutes(5), "Когда будет счёт?"))
    return chat


def give_hours(world: World, weekly: dict[str, str], exceptions: dict[str, str]) -> None:
    calendar = Calendar.objects.create(name="Другой")
    version = CalendarVersion.objects.create(
        calendar=calendar,
        number=1,
        name="Другой",
        time_zone="Europe/Moscow",
        weekly=weekly,
        exceptions=exceptions,
    )
    Chat.objects.filter(pk=world.chat.pk).update(calendar=calendar)
    Request.objects.filter(chat=world.chat).update(calendar_version=version)


def test_tim_01_a_request_that_cannot_fire_does_not_stop_the_others(world: World, healthy: Chat) -> None:
    give_hours(world, {"1": "nonsense"}, {})
    fire_due(TEN + minutes(70))
    assert Alert.objects.filter(request__chat=healthy, level=1).exists()
    assert Tick.objects.get().ran_at == TEN + minutes(70)


def test_tim_01_a_batch_full_of_broken_ones_does_not_stop_the_others(
    world: World, healthy: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "BATCH", 1)
    give_hours(world, {"1": "nonsense"}, {})
    fire_due(TEN + minutes(70))
    assert Alert.objects.filter(request__chat=healthy, level=1).exists()


def test_alr_02_an_alert_that_cannot_be_told_does_not_stop_the_others(world: World, healthy: Chat) -> None:
    fire_due(TEN + minutes(70))
    give_hours(world, {"1": "nonsense"}, {})
    world.passes(TEN + minutes(71))
    told = Alert.objects.filter(outgoing__in=world.sent_to(world.accountant))
    assert {alert.request.chat for alert in told} == {healthy}


def test_wt_06_a_calendar_that_ends_after_the_breach_escalates_no_more(world: World, healthy: Chat) -> None:
    give_hours(world, {}, {"2026-11-24": "10:00-11:10"})
    world.passes(TEN + minutes(70))
    request = Request.objects.get(chat=world.chat)
    assert (request.level, request.next_escalation_at) == (1, None)


def test_alr_05_a_list_with_a_broken_request_holds_up_no_other_message(world: World) -> None:
    first, *others = ask_elsewhere(world, TEN, chats=8)
    world.client_says("Когда будет акт?", TEN)
    world.passes(TEN + minutes(60))
    OutgoingMessage.objects.update(state="sent", telegram_chat_id=602, telegram_message_id=5)
    give_hours(world, {"1": "nonsense"}, {})
    Request.objects.update(notices_outdated=True)
    announce(TEN + minutes(61))
    announce(TEN + minutes(62))
    edits = OutgoingMessage.objects.exclude(edits=None)
    assert set(edits.values_list("edits__alerts__request", flat=True)) == {
        first.pk,
        *(row.pk for row in others[:4]),
    }
    assert edits.count() == 2 * 5
    assert [row.chat for row in Request.objects.filter(notices_outdated=True)] == [world.chat]
