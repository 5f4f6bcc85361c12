"""What people do by bot buttons, commands and on the command line is written down (ADM-10)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from buhbot.models import Absence, AuditEntry, Calendar, User
from buhbot.services.people import create_staff_link
from sla import services
from sla.tasks import load_production_calendar
from tests.flows.test_absence_command import write
from tests.flows.test_linking import start
from tests.flows.world import World, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
Kind = AuditEntry.Kind


def notes() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("who", "source", "note"))


def alerted(world: World) -> Any:
    world.client_says("Где акт?", TEN)
    world.passes(TEN + minutes(60))
    world.all_sent()
    return world.sent_to(world.manager)[-1]


@pytest.mark.parametrize(("button", "note"), [("Беру", "взят в работу"), ("Решено", "решён вручную")])
def test_adm_10_a_press_under_an_alert(world: World, button: str, note: str) -> None:
    world.presses(world.manager, button, alerted(world))
    assert notes() == [("Михаил", "bot", note)]


def test_alr_04_a_refused_press(world: World) -> None:
    alert = alerted(world)
    world.presses(staff("Борис", telegram_id=610), "Решено", alert)
    world.presses(777, "Решено", alert)
    found = list(AuditEntry.objects.order_by("pk").values_list("kind", "who", "source"))
    assert found == [(Kind.REFUSED, "Борис", "bot"), (Kind.REFUSED, "Telegram 777", "bot")]


def test_adm_10_commands_in_a_clients_chat(world: World) -> None:
    said = world.client_says("спасибо", TEN)
    world.says(world.accountant, "/request", TEN + minutes(1), reply_to_message=said)
    world.says(world.accountant, "/wait", TEN + minutes(2))
    world.says(world.accountant, "/norequest", TEN + minutes(3))
    assert [(who, source) for who, source, _note in notes()] == [("Анна", "bot")] * 3
    changes = AuditEntry.objects.order_by("pk").values_list("changes", flat=True)
    assert [change[0][1:] for change in changes if change] == [
        ["открыт", "ждём клиента"],
        ["ждём клиента", "отменён"],
    ]


def test_adm_10_who_was_assigned(world: World) -> None:
    world.client_says("Где акт?", TEN)
    services.assign(world.request().pk, to=world.accountant.pk, actor=world.manager, now=TEN + minutes(1))
    found = AuditEntry.objects.get()
    assert (found.who, found.note.endswith(": Анна")) == ("Михаил", True)


def test_adm_10_a_refused_command(world: World) -> None:
    world.client_says("Где акт?", TEN)
    world.says(staff("Борис", telegram_id=610), "/norequest не срочно", TEN + minutes(1))
    found = AuditEntry.objects.get()
    assert (found.kind, found.who, found.note) == (Kind.REFUSED, "Борис", "/norequest")


def test_adm_10_the_digest_and_an_absence(world: World) -> None:
    write(world, world.accountant, "/digest off", TEN)
    write(world, world.accountant, "/absence 2026-12-01 2026-12-14", TEN)
    assert notes()[0] == ("Анна", "bot", "Сводка выключена.")
    added = AuditEntry.objects.latest("pk")
    assert (added.kind, added.model, added.object_id) == (
        Kind.ADDED,
        "buhbot.absence",
        str(Absence.objects.get().pk),
    )


def test_adm_10_a_link_that_was_used(world: World) -> None:
    newcomer = staff("Новый")
    token = create_staff_link(newcomer, now=timezone.now())
    start(world, 800, token)
    found = AuditEntry.objects.get()
    assert (found.actor, found.changes) == (newcomer, [["номер в Telegram", "—", "800"]])
    assert token not in found.note


def test_adm_10_the_command_line(world: World) -> None:
    Calendar.objects.update(follows_production_calendar=True)
    call_command("load_production_calendar", "2025", verbosity=0)
    call_command("recompute_deadlines", verbosity=0)
    assert {(who, source) for who, source, _note in notes()} == {("", "command")}


def test_adm_10_what_happens_by_itself(world: World) -> None:
    Calendar.objects.update(follows_production_calendar=True)
    Calendar.objects.get(is_default=True).exceptions.all().delete()
    load_production_calendar()
    assert {source for _who, source, _note in notes()} == {"itself"}


def test_adm_10_a_new_administrator(world: World) -> None:
    call_command(
        "create_admin",
        email="new@firm.test",
        name="Новая",
        password="correct horse battery",
        database="default",
    )
    found = AuditEntry.objects.get()
    assert (found.object_name, found.source) == ("Новая", "command")
    assert User.objects.filter(pk=found.object_id).exists()
