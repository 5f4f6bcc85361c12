"""What staff ask the bot in private: who waits, figures, chats, the team, what is late (STF-02)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.texts.commands import private_commands
from buhbot.models import Assignment, Chat, Role, User
from sla.figures import by_accountant, this_month
from sla.models import Request
from tests.flows.test_absence_command import write
from tests.flows.test_absences import away
from tests.flows.world import World, ask_elsewhere, minutes, staff

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 10:00 in Moscow
DAY = timedelta(days=1)


def answered(world: World, at: datetime, after: int, text: str = "Где акт?") -> None:
    world.client_says(text, at)
    world.says(world.accountant, "Готово", at + minutes(after))


def foreign_chat(world: World, accountant: User) -> Chat:
    """A chat that Anna does not look after."""
    (request,) = ask_elsewhere(world, TEN, chats=1, name="Чужой")
    Assignment.objects.filter(chat=request.chat, duty="accountant").update(user=accountant)
    return request.chat


def test_stf_02_queue_lists_who_waits_by_time_left_with_links(world: World) -> None:
    world.client_says("Где акт?", TEN)
    ask_elsewhere(world, TEN - minutes(30), chats=1)
    text = write(world, world.accountant, "/queue", TEN + minutes(45))
    assert "2 запроса ждут ответа" in text
    assert text.index("Клиент 1") < text.index("Ромашка")
    assert "просрочено на 15 мин" in text or "15 мин" in text
    assert "осталось 15 мин" in text
    assert f"t.me/c/1000000001/{world.chat.requests.get().opened_by.telegram_message_id}" in text


def test_stf_02_queue_shows_own_chats_only(world: World) -> None:
    foreign_chat(world, staff("Борис", telegram_id=620))
    assert write(world, world.accountant, "/queue") == "Никто не ждёт."
    assert "Чужой 1" in write(world, world.manager, "/queue")


def test_stf_02_a_long_queue_is_cut_and_leads_to_admin(world: World) -> None:
    ask_elsewhere(world, TEN, chats=23)
    text = write(world, world.manager, "/queue")
    assert text.count("№") == 20
    assert "и ещё 3" in text
    assert "https://buhbot.test/admin/sla/request/?standing=open" in text


def test_stf_02_mystats_tells_today_week_and_month(world: World) -> None:
    answered(world, TEN - 14 * DAY, 30)  # this month
    answered(world, TEN - DAY, 20)  # Monday
    answered(world, TEN, 10)
    answered(world, TEN + minutes(15), 70)  # late
    text = write(world, world.accountant, "/mystats", TEN + minutes(100))
    today, week, month = text.split("\n\n")[1:]
    assert "Запросов: 2, отвечено вовремя: 50\u00a0%, срок пропущен: 1" in today
    assert "медиана 40 мин, 90 % — до 1 ч 10 мин" in today
    assert "Запросов: 3" in week
    assert "Запросов: 4" in month


def test_stf_02_mystats_are_the_figures_of_the_reports(world: World) -> None:
    answered(world, TEN, 10)
    now = TEN + minutes(100)
    rows = by_accountant(Request.objects.all(), this_month(now), now=now)
    (own,) = [row.score for row in rows if row.key == world.accountant.pk]
    assert f"Запросов: {own.opened}," in write(world, world.accountant, "/mystats", now).split("\n\n")[3]


def test_stf_02_mystats_of_a_colleague_are_not_mine(world: World) -> None:
    answered(world, TEN, 10)
    assert "Запросов: 0, отвечено вовремя: —" in write(world, world.manager, "/mystats", TEN + minutes(60))


def test_stf_02_chats_lists_own_chats_and_what_waits_there(world: World) -> None:
    foreign_chat(world, staff("Борис", telegram_id=620))
    world.client_says("Где акт?", TEN)
    text = write(world, world.accountant, "/chats")
    assert "1 чат:" in text
    assert "ООО «Ромашка»</a> · ждёт 1 запрос" in text
    assert "2 чата:" in write(world, world.manager, "/chats")


def test_stf_02_chats_says_which_are_not_monitored(world: World) -> None:
    Chat.objects.update(is_monitored=False)
    assert "не отслеживается" in write(world, world.accountant, "/chats")


def test_stf_02_team_tells_managers_of_each_accountant(world: World) -> None:
    boris = staff("Борис")
    vera = staff("Вера", telegram_id=621)
    away(vera, None, first=date(2026, 11, 24), last=date(2026, 11, 24))
    answered(world, TEN, 10)
    world.client_says("Где счёт?", TEN + minutes(20))
    text = write(world, world.manager, "/team", TEN + minutes(30))
    assert "Анна</b>: ждут 1, за неделю 2, вовремя 100" in text
    assert f"{boris}</b>: ждут 0, за неделю 0, вовремя —, медиана — · ⚠️ не привязан к Telegram" in text
    assert "Вера</b>: ждут 0, за неделю 0, вовремя —, медиана — · ⚠️ отсутствует" in text


def test_stf_02_breaches_tells_managers_what_is_overdue(world: World) -> None:
    world.client_says("Где акт?", TEN)
    text = write(world, world.manager, "/breaches", TEN + minutes(90))
    assert "Просрочен 1 запрос" in text
    assert "на 30 мин" in text
    assert "Сегодня запросов: 1, из них с пропущенным сроком: 1" in text


def test_stf_02_a_long_list_of_breaches_leads_to_exactly_its_rows(world: World) -> None:  # ADM-01
    ask_elsewhere(world, TEN, chats=23)
    text = write(world, world.manager, "/breaches", TEN + minutes(90))
    assert "и ещё 3" in text
    assert "https://buhbot.test/admin/sla/request/?figure=overdue" in text


def test_stf_02_a_share_reads_as_in_admin(world: World) -> None:  # principle 8: never rounded up to all
    for number in range(3):
        answered(world, TEN + minutes(100 * number), 70 if number else 10)
    assert "отвечено вовремя: 33,3\u00a0%" in write(world, world.accountant, "/mystats", TEN + minutes(300))


def test_stf_02_nothing_is_overdue_is_said_in_a_line(world: World) -> None:
    assert "Ничего не просрочено" in write(world, world.admin, "/breaches")


@pytest.mark.parametrize("command", ["/team", "/breaches"])
def test_stf_02_accountants_are_refused_what_is_for_managers(world: World, command: str) -> None:
    assert "для руководителей" in write(world, world.accountant, command)


@pytest.mark.parametrize("command", ["/queue", "/mystats"])
def test_stf_02_observers_see_no_requests(world: World, command: str) -> None:
    world.client_says("Где акт?", TEN)
    answer = write(world, staff("Ольга", Role.OBSERVER, 640), command)
    assert "Наблюдателям" in answer
    assert "Ромашка" not in answer


@pytest.mark.parametrize("command", ["/queue", "/mystats", "/chats", "/team", "/breaches"])
def test_stf_02_clients_get_no_answer(world: World, command: str) -> None:
    world.receive(
        message={
            "message_id": 9,
            "date": int(TEN.timestamp()),
            "chat": {"id": 900, "type": "private", "first_name": "Дарья"},
            "from": {"id": 900, "is_bot": False, "first_name": "Дарья"},
            "text": command,
            "entities": [{"type": "bot_command", "offset": 0, "length": len(command)}],
        }
    )
    assert world.texts_to(Chat.objects.get(telegram_id=900)) == []


@pytest.mark.parametrize("role", Role.values)
def test_stf_02_help_names_each_command_once(world: World, role: str) -> None:
    names = [command.name for command in private_commands(role)]
    assert len(names) == len(set(names))
