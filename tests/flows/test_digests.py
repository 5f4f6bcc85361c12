"""The digest at the start of the working day (ALR-09)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.announcer.digests import tell_digests
from buhbot.models import Calendar, Role, User
from buhbot.services.calendars import current_version
from sla.models import Request
from sla.services import resolve
from tests.flows.test_absence_command import write
from tests.flows.test_absences import away
from tests.flows.test_isolation import give_hours
from tests.flows.world import World, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
MORNING = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)  # Wednesday, 09:00 in Moscow
DAY = timedelta(days=1)


def digests(world: World, user: User) -> list[str]:
    return [text for text in world.texts_to(user) if "Доброе утро" in text]


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (MORNING - minutes(1), 0),
        (MORNING, 1),
        (MORNING + minutes(500), 1),  # after downtime, on the same day
        (MORNING + minutes(540), 0),  # 18:00
        (MORNING + 3 * DAY, 0),  # Saturday
    ],
)
def test_alr_09_it_comes_from_the_start_to_the_end_of_the_working_day(
    world: World, at: datetime, count: int
) -> None:
    tell_digests(at)
    assert len(digests(world, world.accountant)) == count


def test_alr_09_a_holiday_has_no_digest_and_a_late_start_is_waited_for(world: World) -> None:
    calendar = Calendar.objects.get(is_default=True)
    calendar.exceptions.create(date=date(2026, 11, 25), hours="")
    calendar.exceptions.create(date=date(2026, 11, 26), hours="12:00-16:00")
    current_version(calendar)
    assert tell_digests(MORNING) == 0
    assert tell_digests(MORNING + DAY) == 0
    assert tell_digests(MORNING + DAY + minutes(180)) == 3


def work(hours: str) -> None:
    """Let the firm work so every day."""
    calendar = Calendar.objects.get(is_default=True)
    calendar.weekly = {str(day): hours for day in range(1, 8)}
    calendar.save()
    current_version(calendar)


def test_alr_09_a_firm_that_never_closes_gets_it_at_nine(world: World) -> None:
    work("00:00-24:00")
    assert [tell_digests(MORNING + minutes(shift)) for shift in (-540, -1, 0)] == [0, 0, 3]


def test_alr_09_a_night_shift_gets_it_as_it_begins(world: World) -> None:
    work("22:00-06:00")
    assert [tell_digests(MORNING + minutes(shift)) for shift in (-540, 0, 779, 780)] == [0, 0, 0, 3]


def test_alr_09_once_a_person_and_day(world: World) -> None:
    counts = [tell_digests(MORNING), tell_digests(MORNING + minutes(1)), tell_digests(MORNING + DAY)]
    assert counts == [3, 0, 3]


def test_alr_09_accountants_read_who_waits_and_what_is_due_today(world: World) -> None:
    world.client_says("Когда будет <акт>?", datetime(2026, 11, 24, 14, 30, tzinfo=UTC))  # 17:30, due 09:30
    tell_digests(MORNING)
    (text,) = digests(world, world.accountant)
    number = world.request().pk
    for part in ("ждёт 1 клиент", "Ответить сегодня", f"№ {number}</a>", "ООО «Ромашка»", "осталось 30 мин"):
        assert part in text
    assert f"t.me/c/1000000001/{world.request().opened_by.telegram_message_id}" in text
    assert "Прошлый рабочий день" not in text


def test_alr_09_what_is_due_later_stands_apart(world: World) -> None:
    world.client_says("Когда будет акт?", MORNING)
    Request.objects.update(due_at=MORNING + 2 * DAY)
    tell_digests(MORNING)
    text = digests(world, world.accountant)[0]
    assert "Позже" in text
    assert "Ответить сегодня" not in text


def test_alr_09_nobody_waits_is_said_in_a_line(world: World) -> None:
    tell_digests(MORNING)
    assert "Никто не ждёт" in digests(world, world.accountant)[0]


def test_alr_09_managers_read_the_numbers_of_yesterday(world: World) -> None:
    world.client_says("Когда будет акт?", TEN)
    world.says(world.accountant, "Завтра", TEN + minutes(20))
    world.client_says("Где счёт?", TEN + minutes(30))
    resolve(world.chat.requests.get(closed_at=None).pk, actor=world.manager, now=TEN + minutes(130))
    world.client_says("Где договор?", TEN + minutes(300))
    tell_digests(MORNING)
    for person in (world.manager, world.admin):
        (text,) = digests(world, person)
        for part in ("(24.11)", "Запросов: <b>3</b>", "33,3\u00a0%", "<b>20 мин</b>"):
            assert part in text
        assert "Срок пропущен: <b>2</b>" in text
        assert "Сейчас без ответа: <b>1</b>, из них просрочено: <b>1</b>" in text
        assert "Никто не ждёт" not in text


def test_alr_09_monday_tells_of_friday_and_of_the_days_off(world: World) -> None:
    world.client_says("Когда будет акт?", datetime(2026, 11, 28, 9, 0, tzinfo=UTC))  # Saturday
    tell_digests(datetime(2026, 11, 30, 6, 0, tzinfo=UTC))
    text = digests(world, world.manager)[0]
    assert "(27.11–29.11)" in text
    assert "Запросов: <b>1</b>" in text


def test_alr_09_substitutes_read_of_the_chats_they_cover(world: World) -> None:
    boris = staff("Борис", telegram_id=620)
    away(world.accountant, boris, first=date(2026, 11, 25), last=date(2026, 11, 25))
    world.client_says("Когда будет акт?", TEN + minutes(450))
    tell_digests(MORNING)
    assert "ООО «Ромашка»" in digests(world, boris)[0]
    assert digests(world, world.accountant) == []


def test_alr_09_a_manager_who_is_an_accountant_too_reads_both(world: World) -> None:
    world.chat.assignments.create(user=world.manager, duty="accountant")
    world.client_says("Когда будет акт?", TEN + minutes(450))
    tell_digests(MORNING)
    text = digests(world, world.manager)[0]
    assert "Прошлый рабочий день" in text
    assert "ждёт 1 клиент" in text


def test_alr_09_who_cannot_get_it_or_does_not_want_it_gets_none(world: World) -> None:
    staff("Ольга", Role.OBSERVER, 640)
    staff("Без телеграма")
    User.objects.filter(pk=world.admin.pk).update(unreachable_since=TEN)
    User.objects.filter(pk=world.manager.pk).update(wants_digest=False)
    assert tell_digests(MORNING) == 1
    assert len(digests(world, world.accountant)) == 1


def test_alr_09_a_paused_request_is_not_due_today(world: World) -> None:
    world.client_says("Когда будет акт?", TEN + minutes(450))
    world.says(world.accountant, "/wait", TEN + minutes(451))
    tell_digests(MORNING)
    assert "ждём клиента" in digests(world, world.accountant)[0]
    assert "Ответить сегодня" not in digests(world, world.accountant)[0]


def test_alr_09_a_broken_request_costs_nobody_else_the_digest(world: World) -> None:
    world.client_says("Когда будет акт?", TEN + minutes(450))
    give_hours(world, {"1": "nonsense"}, {})
    assert tell_digests(MORNING) == 2
    assert len(digests(world, world.manager)) == 1


@pytest.mark.parametrize(
    ("words", "said", "wants"),
    [
        ("off", "Сводка выключена", False),
        ("выкл", "Сводка выключена", False),
        ("on", "Сводка включена", True),
        ("ВКЛ", "Сводка включена", True),
        ("", "Сводка приходит", True),
        ("может", "/digest on", True),
    ],
)
def test_alr_09_each_switches_the_own_digest(world: World, words: str, said: str, wants: bool) -> None:
    assert said in write(world, world.accountant, f"/digest {words}".strip())
    world.accountant.refresh_from_db()
    assert world.accountant.wants_digest is wants
