"""What a person wants to be told of: every sender obeys, and no missed target vanishes (STF-06)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.announcer import announce
from bot.announcer.digests import tell_digests
from buhbot.models import Absence, Assignment, Chat, Role, User
from buhbot.services.staff import hand_over
from sla.models import Alert, RequestEvent
from sla.services import ask_accountant
from tests.flows.test_absence_command import write
from tests.flows.test_absences import away
from tests.flows.world import World, buttons, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
NEXT_MORNING = TEN + timedelta(hours=23)


def switch(*people: User, **wants: Any) -> None:
    User.objects.filter(pk__in=[person.pk for person in people]).update(**wants)


def ask_and_wait(world: World, *passed: float) -> None:
    world.client_says("Где акт?", TEN)
    for wait in passed:
        world.passes(TEN + minutes(wait))


def test_stf_06_who_switched_warnings_off_hears_of_the_breach(world: World) -> None:
    switch(world.accountant, wants_warnings=False)
    ask_and_wait(world, 48)
    assert world.alerts_to(world.accountant) == []
    world.passes(TEN + minutes(60))
    assert len(world.alerts_to(world.accountant)) == 1


def test_stf_06_a_warning_that_nobody_wants_is_no_trouble(world: World) -> None:
    switch(world.accountant, wants_warnings=False)
    ask_and_wait(world, 48)
    assert not Alert.objects.get().is_undeliverable
    assert world.texts_to(world.admin) == []


def test_stf_06_who_switched_breaches_off_hears_of_none_and_others_do(world: World) -> None:
    switch(world.accountant, wants_breaches=False)
    ask_and_wait(world, 60)
    assert world.alerts_to(world.accountant) == []
    assert len(world.alerts_to(world.manager)) == 1


def test_stf_06_a_breach_that_nobody_concerned_wants_goes_to_administrators(world: World) -> None:
    switch(world.accountant, world.manager, wants_breaches=False)
    ask_and_wait(world, 60)
    assert len(world.alerts_to(world.admin)) == 1
    assert world.alerts_to(world.manager) == []


def test_stf_06_a_breach_that_nobody_at_all_wants_is_told_to_managers_even_so(world: World) -> None:
    switch(world.accountant, world.manager, world.admin, wants_breaches=False)
    ask_and_wait(world, 60)
    assert [len(world.alerts_to(person)) for person in (world.accountant, world.manager, world.admin)] == [
        0,
        1,
        1,
    ]


def test_stf_06_who_wants_to_hear_but_cannot_be_reached_is_nobody(world: World) -> None:
    switch(world.accountant, wants_breaches=False)
    switch(world.manager, unreachable_since=TEN)
    ask_and_wait(world, 60)
    assert Alert.objects.get().is_undeliverable
    assert RequestEvent.objects.filter(kind="undeliverable").exists()
    assert "Оповестить оказалось некого" in world.texts_to(world.admin)[-1]


def test_stf_06_escalations_are_breaches(world: World) -> None:
    ask_and_wait(world, 60)
    switch(world.manager, wants_breaches=False)
    world.passes(TEN + minutes(90))
    assert len(world.alerts_to(world.manager)) == 1
    assert len(world.alerts_to(world.admin)) == 1


def test_stf_06_a_managers_own_question_heeds_no_switch(world: World) -> None:
    switch(world.accountant, wants_breaches=False, wants_warnings=False)
    ask_and_wait(world, 60)
    ask_accountant(world.request().pk, actor=world.manager, now=TEN + minutes(70))
    announce(TEN + minutes(70))
    assert len(world.alerts_to(world.accountant)) == 1


def test_stf_06_no_digest_for_who_switched_it_off(world: World) -> None:
    switch(world.accountant, wants_digest=False)
    tell_digests(NEXT_MORNING)
    assert world.texts_to(world.accountant) == []


# Assignments


def test_stf_06_a_new_accountant_is_told_of_all_new_chats_at_once(world: World) -> None:
    boris = staff("Борис", telegram_id=620)
    hand_over(world.accountant, to=boris)
    Assignment.objects.create(chat=world.chat, user=boris, duty="manager")
    announce(TEN)
    announce(TEN + minutes(1))
    (text,) = world.texts_to(boris)
    assert text.count("ООО «Ромашка»") == 2
    assert "Вы бухгалтер" in text


def test_stf_06_who_does_not_want_to_hear_of_new_chats_does_not(world: World) -> None:
    boris = staff("Борис", telegram_id=620)
    switch(boris, wants_assignments=False)
    hand_over(world.accountant, to=boris)
    announce(TEN)
    switch(boris, wants_assignments=True)
    announce(TEN + minutes(1))
    assert world.texts_to(boris) == []


# /notify


def test_stf_06_switches_are_pressed_in_the_bot(world: World) -> None:
    text = write(world, world.accountant, "/notify")
    assert text.count("✅") == 4
    world.all_sent()
    shown = world.sent_to(world.accountant)[-1]
    button = next(row["text"] for row in buttons(shown) if "предупреждения" in row["text"])
    assert world.presses(world.accountant, button, shown) == "Готово"
    world.accountant.refresh_from_db()
    assert not world.accountant.wants_warnings
    edit = world.sent_to(world.accountant)[-1]
    assert (edit.method, edit.payload["text"].count("🔕")) == ("editMessageText", 1)


def test_sec_11_a_replayed_press_and_that_of_another_change_nothing(world: World) -> None:
    write(world, world.accountant, "/notify")
    world.all_sent()
    shown = world.sent_to(world.accountant)[-1]
    button = buttons(shown)[0]["text"]
    for _ in range(2):
        world.presses(world.accountant, button, shown)
    assert "не ваши" in world.presses(world.manager, button, shown)
    world.accountant.refresh_from_db()
    world.manager.refresh_from_db()
    assert (world.accountant.wants_warnings, world.manager.wants_warnings) == (False, True)


@pytest.mark.parametrize("command", ["/notify", "/absence"])
def test_sec_11_who_is_not_of_the_firm_any_more_is_told_that_the_button_is_old(
    world: World, command: str
) -> None:
    away(world.accountant)
    write(world, world.accountant, command)
    world.all_sent()
    shown = world.sent_to(world.accountant)[-1]
    User.objects.filter(pk=world.accountant.pk).update(telegram_id=None)
    assert "больше не" in world.presses(601, buttons(shown)[0]["text"], shown)
    world.accountant.refresh_from_db()
    assert world.accountant.wants_warnings
    assert Absence.objects.exists()


def test_stf_06_a_locked_switch_cannot_be_turned(world: World) -> None:
    write(world, world.accountant, "/notify")
    world.all_sent()
    shown = world.sent_to(world.accountant)[-1]
    switch(world.accountant, locked_notices=["warnings", "digest"])
    assert "Только руководитель" in world.presses(world.accountant, buttons(shown)[0]["text"], shown)
    assert "Только руководитель" in write(world, world.accountant, "/digest off")
    world.accountant.refresh_from_db()
    assert (world.accountant.wants_warnings, world.accountant.wants_digest) == (True, True)
    assert "🔒" in write(world, world.accountant, "/notify")
    assert len(buttons(world.sent_to(world.accountant)[-1])) == 2


@pytest.mark.parametrize(("role", "said"), [(Role.OBSERVER, "Наблюдателям"), (Role.MANAGER, "✅")])
def test_stf_06_notify_answers_by_role(world: World, role: str, said: str) -> None:
    assert said in write(world, staff("Ольга", role, 640), "/notify")


def test_stf_06_observers_are_promised_neither_digests_nor_alerts(world: World) -> None:
    observer = staff("Ольга", Role.OBSERVER, 640)
    assert "Наблюдателям" in write(world, observer, "/digest on")
    assert "показатели — в панели" in write(world, observer, "/start")


def test_stf_06_clients_have_no_switches(world: World) -> None:
    message = {"message_id": 1, "date": int(TEN.timestamp()), "text": "/notify"}
    person = {"id": 900, "is_bot": False, "first_name": "Дарья"}
    entities = [{"type": "bot_command", "offset": 0, "length": 7}]
    chat = {"id": 900, "type": "private", "first_name": "Дарья"}
    world.receive(message=message | {"from": person, "chat": chat, "entities": entities})
    assert world.texts_to(Chat.objects.get(telegram_id=900)) == []
