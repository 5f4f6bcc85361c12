"""`/absence` in private, and who is told of absences (STF-03)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils.timezone import now as real_now

from buhbot.models import Absence, Chat, Role, User
from sla import services
from sla.models import Request
from tests.flows import telegram
from tests.flows.test_absences import away
from tests.flows.world import World, buttons, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
DAY = timedelta(days=1)


@pytest.fixture
def boris(world: World) -> User:
    boris = staff("Борис", telegram_id=620)
    User.objects.filter(pk=boris.pk).update(telegram_username="Boris_B")
    return boris


def write(world: World, user: User, text: str, at: datetime = TEN, **fields: Any) -> str:
    """Write to the bot in private; return its answer."""
    person_id = user.telegram_id or 0
    message = telegram.message(telegram.private(person_id), telegram.person(person_id), at, text, **fields)
    with time_machine.travel(at, tick=False):
        world.receive(message=message)
    return world.texts_to(user)[-1]


def test_stf_03_an_absence_is_entered_with_its_substitute(world: World, boris: User) -> None:
    answer = write(world, world.accountant, "/absence 2026-12-01 2026-12-14 @boris_b")
    absence = Absence.objects.get()
    assert (absence.user, absence.substitute, absence.created_by) == (
        world.accountant,
        boris,
        world.accountant,
    )
    assert absence.starts_at == datetime(2026, 11, 30, 21, 0, tzinfo=UTC)
    assert absence.ends_at == datetime(2026, 12, 14, 21, 0, tzinfo=UTC)
    for part in ("01.12–14.12.2026", "Борис", "чатов: 1"):
        assert part in answer


def test_stf_03_a_colleague_without_a_telegram_name_is_mentioned(world: World, boris: User) -> None:
    text = "/absence 01.12.2026 14.12.2026 Борис"
    command = {"type": "bot_command", "offset": 0, "length": 8}
    mention = {"type": "text_mention", "offset": 31, "length": 5, "user": telegram.person(620, "Борис")}
    fields = {"entities": [command, mention]}
    person = telegram.person(601)
    message = telegram.message(telegram.private(601), person, TEN, text) | fields
    with time_machine.travel(TEN, tick=False):
        world.receive(message=message)
    assert Absence.objects.get().substitute == boris


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("завтра", "прочитать даты"),
        ("2026-12-01 2026-12-33", "прочитать даты"),
        ("2026-12-14 2026-12-01", "поменяв даты местами"),
        ("2026-11-01 2026-11-23", "уже прошли"),
        ("2026-12-01 9999-12-31", "Проверьте год"),
        ("2026-12-01 2026-12-14 @nobody", "Не знаю сотрудника <b>@nobody</b>"),
        ("2026-12-01 2026-12-14 @olga", "Не знаю сотрудника"),
        ("2026-12-01 2026-12-14 @anna", "Нельзя замещать самого себя"),
        ("2026-12-01 2026-12-14 @vera", "Бот не может написать сотруднику <b>Вера</b>"),
        ("2026-12-20 2026-12-25", "уже записано: <b>20.12–31.12.2026</b>"),
    ],
)
def test_stf_03_what_is_wrong_is_said_with_what_to_do(world: World, words: str, said: str) -> None:
    for user, name in ((staff("Вера"), "vera"), (staff("Ольга", Role.OBSERVER, 640), "olga")):
        User.objects.filter(pk=user.pk).update(telegram_username=name)
    User.objects.filter(pk=world.accountant.pk).update(telegram_username="anna")
    away(world.accountant, first=date(2026, 12, 20), last=date(2026, 12, 31))
    assert said in write(world, world.accountant, f"/absence {words}")
    assert Absence.objects.count() == 1


def test_stf_03_alone_it_lists_what_is_to_come_with_a_button_each(world: World, boris: User) -> None:
    assert "не записано" in write(world, world.accountant, "/absence")
    away(world.accountant, boris, first=date(2026, 12, 1), last=date(2026, 12, 14))
    away(world.accountant, first=date(2026, 12, 20), last=date(2026, 12, 20))
    answer = write(world, world.accountant, "/absence")
    assert "01.12–14.12.2026</b> · замещает Борис" in answer
    assert "20.12.2026</b> · без замещающего" in answer
    assert len(buttons(world.sent_to(world.accountant)[-1])) == 2


def test_stf_03_the_button_cancels_it_and_the_substitute_hears(world: World, boris: User) -> None:
    first = datetime.now(UTC).date() + 2 * DAY
    away(world.accountant, boris, first=first, last=first, now=datetime.now(UTC))
    world.passes(datetime.now(UTC))
    write(world, world.accountant, "/absence", datetime.now(UTC))
    shown = world.sent_to(world.accountant)[-1]
    button = buttons(shown)[0]["text"]
    world.all_sent()
    assert "вы снова на месте" in world.presses(world.accountant, button, shown)
    assert not Absence.objects.exists()
    world.passes(real_now())
    assert "замещать больше не нужно" in world.texts_to(boris)[-1]
    assert "не записано" in world.texts_to(world.accountant)[-1]
    assert "уже закончилось" in world.presses(world.accountant, button, shown)


def test_stf_03_a_running_one_ends_and_keeps_the_days_before(world: World, boris: User) -> None:
    now = datetime.now(UTC)
    absence = away(world.accountant, boris, first=now.date() - 3 * DAY, last=now.date() + 3 * DAY, now=now)
    write(world, world.accountant, "/absence", now)
    shown = world.sent_to(world.accountant)[-1]
    world.presses(world.accountant, buttons(shown)[0]["text"], shown)
    absence.refresh_from_db()
    assert absence.ends_at <= now
    assert "записано" not in write(world, world.accountant, f"/absence {now.date() + DAY}", now)


def test_stf_03_nobody_else_presses_it(world: World, boris: User) -> None:
    first = datetime.now(UTC).date() + 2 * DAY
    away(world.accountant, boris, first=first, last=first, now=datetime.now(UTC))
    write(world, world.accountant, "/absence", datetime.now(UTC))
    shown = world.sent_to(world.accountant)[-1]
    assert "только тот, кто отсутствует" in world.presses(boris, buttons(shown)[0]["text"], shown)
    assert Absence.objects.count() == 1


def test_tim_04_the_command_lets_a_message_of_the_substitute_count(world: World, boris: User) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(boris, "Завтра", TEN + minutes(5))
    write(world, world.accountant, "/absence 2026-11-24 @Boris_B", TEN + minutes(10))
    assert Request.objects.get().closed_by == boris


def test_stf_03_the_substitute_is_told_once_of_whom_and_where(world: World, boris: User) -> None:
    away(world.accountant, boris, first=date(2026, 12, 1), last=date(2026, 12, 14))
    world.passes(TEN)
    world.passes(TEN + minutes(1))
    (text,) = world.texts_to(boris)
    for part in ("Вы замещаете: <b>Анна</b>", "01.12–14.12.2026", "ООО «Ромашка»"):
        assert part in text
    assert "ждёт" not in text


def test_stf_03_a_substitute_of_today_reads_who_waits_already(world: World, boris: User) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.passes(TEN + minutes(60))
    away(world.accountant, boris, now=TEN + minutes(70))
    world.passes(TEN + minutes(70))
    (text,) = world.texts_to(boris)
    for part in ("Вы замещаете", "Вашего ответа ждёт 1 клиент", f"№ {world.request().pk}</a>", "на 10 мин"):
        assert part in text


def test_stf_03_of_two_substitutes_the_former_hears_that_it_is_over(world: World, boris: User) -> None:
    vera = staff("Вера", telegram_id=621)
    absence = away(world.accountant, boris)
    world.passes(TEN)
    for number, one in enumerate((vera, boris, boris)):
        absence.substitute = one
        services.enter_absence(absence, first=TEN.date(), last=TEN.date(), now=TEN)
        world.passes(TEN + minutes(number + 1))
    over = "🔁 Анна: замещать больше не нужно (24.11.2026)."
    said = [over if text == over else text.partition(":")[0] for text in world.texts_to(boris)]
    assert said == ["🔁 Вы замещаете", over, "🔁 Вы замещаете"]
    assert world.texts_to(vera)[-1] == over


def test_stf_03_who_was_not_told_to_stand_in_hears_nothing(world: World, boris: User) -> None:
    absence = away(world.accountant, boris)
    services.end_absence(absence, now=TEN)
    world.passes(TEN)
    assert world.texts_to(boris) == []


def test_stf_03_managers_hear_of_a_chat_without_anybody_when_it_begins(world: World) -> None:
    away(world.accountant, first=date(2026, 11, 25), last=date(2026, 11, 26))
    world.passes(TEN)
    assert world.texts_to(world.manager) == []
    world.passes(TEN + DAY)
    world.passes(TEN + DAY + minutes(1))
    (text,) = world.texts_to(world.manager)
    assert "Анна" in text
    assert "ООО «Ромашка»" in text
    assert world.texts_to(world.admin) == []


def test_alr_07_managers_hear_of_it_at_the_opening_and_not_at_midnight(world: World) -> None:
    away(world.accountant, first=date(2026, 11, 25), last=date(2026, 11, 26))
    midnight = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
    for shift in (0, 539):
        world.passes(midnight + minutes(shift))
    assert world.texts_to(world.manager) == []
    world.passes(midnight + minutes(540))
    assert len(world.texts_to(world.manager)) == 1


def test_stf_03_a_substitute_of_a_substitute_hears_of_all_the_chats(world: World, boris: User) -> None:
    vera = staff("Вера", telegram_id=621)
    away(world.accountant, boris)
    away(boris, vera)
    world.passes(TEN)
    assert "ООО «Ромашка»" in world.texts_to(vera)[0]


def test_stf_03_a_substitute_who_could_not_be_written_to_hears_of_it_later(world: World, boris: User) -> None:
    away(world.accountant, boris)
    User.objects.filter(pk=boris.pk).update(unreachable_since=TEN)
    world.passes(TEN)
    assert world.texts_to(boris) == []
    User.objects.filter(pk=boris.pk).update(unreachable_since=None)
    world.passes(TEN + minutes(1))
    assert "Вы замещаете" in world.texts_to(boris)[0]


def test_stf_03_one_that_runs_already_is_told_at_once(world: World) -> None:
    world.chat.assignments.filter(duty="manager").delete()
    other = staff("Глеб", Role.MANAGER, 650)
    away(world.accountant)
    world.passes(TEN)
    assert "замещающего нет" in world.texts_to(world.manager)[0]
    assert "замещающего нет" in world.texts_to(other)[0]


def test_stf_03_no_word_while_another_accountant_is_there(world: World, boris: User) -> None:
    world.chat.assignments.create(user=boris, duty="accountant")
    away(world.accountant)
    world.passes(TEN)
    assert world.texts_to(world.manager) == []


def test_stf_03_the_substitutes_own_absence_leaves_the_chat_alone_too(world: World, boris: User) -> None:
    away(world.accountant, boris)
    world.passes(TEN)
    away(boris)
    world.passes(TEN + minutes(1))
    assert "ООО «Ромашка»" in world.texts_to(world.manager)[0]


@pytest.mark.parametrize("command", ["/absence 2026-12-01", "/absence", "/digest off", "/digest"])
def test_stf_02_a_client_gets_no_staff_command(world: World, command: str) -> None:
    message = telegram.message(telegram.private(900), telegram.person(900), TEN, command)
    world.receive(message=message)
    assert not Absence.objects.exists()
    assert world.texts_to(Chat.objects.get(telegram_id=900)) == []
    assert world.failed() == []


def test_stf_02_observers_need_not_enter_anything(world: World) -> None:
    observer = staff("Ольга", Role.OBSERVER, 640)
    assert "записывать отсутствие не нужно" in write(world, observer, "/absence 2026-12-01")


def test_stf_02_help_names_the_commands_of_staff(world: World) -> None:
    answer = write(world, world.accountant, "/help")
    assert "/absence" in answer
    assert "/digest" in answer
