"""Putting an escalation off, and a manager who asks the accountant to answer (ALR-04, ALR-05)."""

from datetime import UTC, datetime

import pytest
import time_machine

from bot.announcer import announce
from bot.models import OutgoingMessage
from buhbot.models import User
from buhbot.mornings import next_morning
from buhbot.worktime import WorkCalendar
from sla import services
from sla.models import RequestEvent
from sla.rules import Snooze
from tests.flows.world import World, buttons, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow


@pytest.fixture
def breached(world: World) -> World:
    world.client_says("Когда будет акт?", TEN)
    world.passes(TEN + minutes(60))
    return world


def names(message: OutgoingMessage) -> list[str]:
    return [button["text"] for button in buttons(message)]


def presses(world: World, who: User, button: str, at: datetime) -> str:
    with time_machine.travel(at, tick=False):
        return world.presses(who, button, world.sent_to(world.manager)[0])


@pytest.mark.parametrize(
    ("button", "until"),
    [
        ("💤 1 ч", TEN + minutes(130)),
        ("💤 4 ч", TEN + minutes(310)),
        ("💤 До утра", datetime(2026, 11, 25, 6, 0, tzinfo=UTC)),
    ],
)
def test_alr_04_snooze_puts_the_next_escalation_off(breached: World, button: str, until: datetime) -> None:
    due = breached.request().due_at
    assert presses(breached, breached.manager, button, TEN + minutes(70)) == "Следующее оповещение отложено"
    request = breached.request()
    assert (request.snoozed_until, request.next_escalation_at, request.due_at) == (until, until, due)
    assert request.events.get(kind="snoozed").actor == breached.manager
    breached.passes(until - minutes(1))
    assert breached.levels() == [1]
    breached.passes(until)
    assert breached.levels() == [1, 2]


def test_alr_04_snooze_counts_working_time(world: World) -> None:
    world.client_says("Где акт?", datetime(2026, 11, 27, 13, 30, tzinfo=UTC))  # Friday 16:30
    world.passes(datetime(2026, 11, 27, 14, 30, tzinfo=UTC))
    at = datetime(2026, 11, 27, 14, 40, tzinfo=UTC)  # 17:40: 20 minutes, and 40 more on Monday
    services.snooze(world.request().pk, actor=world.accountant, length=Snooze.HOUR, now=at)
    assert world.request().next_escalation_at == datetime(2026, 11, 30, 6, 40, tzinfo=UTC)


def test_alr_05_everyone_reads_that_it_was_put_off(breached: World) -> None:
    OutgoingMessage.objects.update(state="sent", telegram_message_id=1)
    presses(breached, breached.manager, "💤 1 ч", TEN + minutes(70))
    announce(TEN + minutes(71))
    assert "Отложено до 12:10: <b>Михаил</b>" in breached.texts_to(breached.accountant)[-1]


def test_alr_05_an_alert_of_a_paused_request_says_so(breached: World) -> None:
    OutgoingMessage.objects.update(state="sent", telegram_message_id=1)
    breached.says(breached.accountant, "/wait", TEN + minutes(65))
    breached.passes(TEN + minutes(66))
    edits = [text for text in breached.texts_to(breached.manager) if "Ждём клиента" in text]
    assert len(edits) == 1


def test_alr_04_a_warning_offers_no_snooze(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(48))
    assert names(world.sent_to(world.accountant)[0]) == ["Открыть чат", "Беру", "Решено"]


def test_alr_04_only_managers_may_ask_the_accountant(breached: World) -> None:
    assert "Попросить бухгалтера" in names(breached.sent_to(breached.manager)[0])
    assert "Попросить бухгалтера" not in names(breached.sent_to(breached.accountant)[0])
    refused = presses(breached, breached.accountant, "Попросить бухгалтера", TEN + minutes(61))
    assert refused == "У вас нет прав на это действие в этом чате"


def test_alr_04_the_accountant_is_asked_once_a_minute(breached: World) -> None:
    ask = "Попросить бухгалтера"
    assert presses(breached, breached.manager, ask, TEN + minutes(61)) == "Бухгалтера попросили ответить"
    assert presses(breached, breached.manager, ask, TEN + minutes(61)) == "Бухгалтера только что попросили"
    announce(TEN + minutes(61))
    assert "Михаил просит ответить клиенту" in breached.texts_to(breached.accountant)[-1]
    assert len(breached.sent_to(breached.manager)) == 1
    assert RequestEvent.objects.filter(kind="accountant_notified").count() == 1


def test_alr_02_nobody_to_ask_is_said_at_once_and_to_the_administrators(breached: World) -> None:
    User.objects.filter(pk=breached.accountant.pk).update(telegram_id=None)
    toast = presses(breached, breached.manager, "Попросить бухгалтера", TEN + minutes(61))
    assert toast == "Бухгалтеров чата оповестить нельзя, об этом узнают администраторы"
    announce(TEN + minutes(61))
    assert "Оповестить оказалось некого" in breached.texts_to(breached.admin)[-1]
    assert RequestEvent.objects.filter(kind="undeliverable").count() == 1


def test_alr_04_being_asked_does_not_change_when_it_escalates(breached: World) -> None:
    presses(breached, breached.manager, "Попросить бухгалтера", TEN + minutes(75))
    services.acknowledge(breached.request().pk, actor=breached.accountant, now=TEN + minutes(76))
    breached.passes(TEN + minutes(136))
    assert breached.request().level == 2


def test_alr_04_strangers_and_finished_requests(breached: World) -> None:
    stranger = staff("Ольга", telegram_id=610)
    assert "нет прав" in presses(breached, stranger, "💤 1 ч", TEN + minutes(61))
    alert = breached.sent_to(breached.manager)[0]
    breached.says(breached.accountant, "Готово", TEN + minutes(65))
    assert "отвечен" in breached.presses(breached.manager, "💤 1 ч", alert)


OFFICE = WorkCalendar(
    "Europe/Moscow", {day: [("09:00", "13:00"), ("14:00", "18:00")] for day in range(1, 6)}, {}
)
ALWAYS = WorkCalendar("Europe/Moscow", {day: [("00:00", "24:00")] for day in range(1, 8)}, {})
NIGHTS = WorkCalendar("Europe/Moscow", {day: [("22:00", "06:00")] for day in range(1, 6)}, {})


@pytest.mark.parametrize(
    ("calendar", "pressed", "until"),
    [
        (OFFICE, "2026-11-24T07:00", "2026-11-24T09:00"),  # Tuesday, before the opening
        (OFFICE, "2026-11-24T09:00", "2026-11-25T09:00"),
        (OFFICE, "2026-11-24T13:30", "2026-11-25T09:00"),  # after lunch is no morning
        (OFFICE, "2026-11-24T23:30", "2026-11-25T09:00"),
        (OFFICE, "2026-11-27T05:00", "2026-11-27T09:00"),
        (OFFICE, "2026-11-27T19:00", "2026-11-30T09:00"),  # over the weekend
        (OFFICE, "2026-11-28T07:00", "2026-11-30T09:00"),
        (ALWAYS, "2026-11-28T03:00", "2026-11-28T09:00"),
        (ALWAYS, "2026-11-28T10:00", "2026-11-29T09:00"),
        (NIGHTS, "2026-11-24T03:00", "2026-11-24T22:00"),  # the shift that runs ends before
        (NIGHTS, "2026-11-24T23:00", "2026-11-25T22:00"),
        (NIGHTS, "2026-11-28T03:00", "2026-11-30T22:00"),
    ],
)
def test_alr_04_the_morning_is_the_next_opening_of_a_working_day(
    calendar: WorkCalendar, pressed: str, until: str
) -> None:
    at = datetime.fromisoformat(f"{pressed}+03:00")
    assert next_morning(calendar, at) == datetime.fromisoformat(f"{until}+03:00")


def test_alr_04_put_off_before_the_opening_it_escalates_at_the_opening(world: World) -> None:
    world.client_says("Где акт?", datetime(2026, 11, 24, 13, 59, tzinfo=UTC))  # 16:59, due 17:59
    world.passes(datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    seven = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
    services.snooze(world.request().pk, actor=world.manager, length=Snooze.MORNING, now=seven)
    request = world.request()
    assert request.snoozed_until == seven + minutes(120)
    assert request.next_escalation_at == seven + minutes(149)  # 29 of its 30 minutes were left
