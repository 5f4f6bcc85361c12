"""Why a request is due when it is: /why in the bot (ADM-03), with the production calendar loaded."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from bot.models import OutgoingMessage
from buhbot.models import Calendar, CalendarException, Chat, Role, User
from buhbot.services.calendars import current_version
from sla import services
from sla.explain import explain
from sla.models import ChatPolicy, Policy, Request
from sla.texts import why_lines
from tests.flows import telegram
from tests.flows.test_calendars import moscow
from tests.flows.world import CLIENT_ID, World, staff


@pytest.fixture
def calm(world: World) -> World:
    call_command("load_production_calendar", 2025, 2026, stdout=StringIO())
    return world


def asks_why(world: World, who: User | int, text: str = "", **fields: Any) -> str:
    """Send /why in private; return the answer."""
    person_id = who if isinstance(who, int) else who.telegram_id or 0
    text = text or f"/why {world.request().pk}"
    at = moscow("2026-05-08T16:55")
    chat, sender = telegram.private(person_id), telegram.person(person_id)
    world.receive(message=telegram.message(chat, sender, at, text, **fields))
    return str(OutgoingMessage.objects.latest("pk").payload["text"])


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (60, "Взял(а) в работу Анна: срок прежний, эскалация ждёт 1 ч рабочего времени."),
        (0, "Взял(а) в работу Анна: по политике это ничего не останавливает."),
    ],
)
def test_cli_06_why_says_what_taking_holds(calm: World, held: int, words: str) -> None:
    Policy.objects.update(acknowledge_minutes=held)
    calm.client_says("Где акт?", moscow("2026-05-08T16:50"))
    services.acknowledge(calm.request().pk, actor=calm.accountant, now=moscow("2026-05-08T16:52"))
    assert asks_why(calm, calm.accountant).splitlines()[-1] == words


def steps(world: World) -> list[str]:
    return why_lines(explain(world.request()))[2:]


def test_adm_03_why_walks_over_the_days_in_words(calm: World) -> None:
    calm.client_says("Где акт?", moscow("2026-05-08T16:50:20"))
    told = asks_why(calm, calm.accountant)
    assert told.splitlines() == [
        f"<b>№ {calm.request().pk} · ООО «Ромашка»</b>",
        "Политика «Стандарт» (для уровня чата): 1 ч рабочего времени.",
        f"Календарь «{Calendar.objects.get(is_default=True).name}» (для всей фирмы).",
        "пт 08.05, 16:50–17:00 = 10 мин (на час короче: День Победы)",
        "сб 09.05 – пн 11.05: выходные (День Победы)",
        "вт 12.05, 09:00–09:50 = 50 мин",
        "Всего 1 ч: срок вт 12.05, 09:50.",
    ]


def test_adm_03_a_run_of_holidays_is_one_step(calm: World) -> None:
    calm.client_says("Где акт?", moscow("2025-12-30T17:30"))
    first, second, third, total = steps(calm)
    assert first == "вт 30.12, 17:30–18:00 = 30 мин"
    assert second.startswith("ср 31.12 – вс 11.01: выходные (")
    assert (third, total) == ("пн 12.01, 09:00–09:30 = 30 мин", "Всего 1 ч: срок пн 12.01, 09:30.")


def test_adm_03_a_working_saturday_says_what_it_is(calm: World) -> None:
    calm.client_says("Где акт?", moscow("2025-11-01T16:30"))
    assert steps(calm)[0].startswith("сб 01.11, 16:30–17:00 = 30 мин (рабочий день за 03.11.2025")


def test_adm_03_a_question_after_hours_says_so(calm: World) -> None:
    calm.client_says("Где акт?", moscow("2026-05-06T20:00"))
    assert steps(calm)[:2] == ["ср 06.05: нерабочее время", "чт 07.05, 09:00–10:00 = 1 ч"]


def use_calendar(world: World, hours: str, **fields: Any) -> None:
    calendar = Calendar.objects.create(name="Свой", weekly={str(day): hours for day in range(1, 8)}, **fields)
    current_version(calendar)
    Chat.objects.filter(pk=world.chat.pk).update(calendar=calendar)
    world.chat.refresh_from_db()


@pytest.mark.parametrize(
    ("hours", "zone", "expected"),
    [
        (
            "00:00-24:00",
            "Europe/Moscow",
            ["чт 07.05, 23:30–24:00 = 30 мин", "пт 08.05, 00:00–00:30 = 30 мин"],
        ),
        (
            "22:00-06:00",
            "Europe/Moscow",
            ["чт 07.05, 23:30–24:00 = 30 мин", "пт 08.05, 00:00–00:30 = 30 мин"],
        ),
        (
            "09:00-18:00",
            "Asia/Omsk",
            ["Часы календаря указаны по времени пояса Asia/Omsk.", "пт 08.05: нерабочее время"],
        ),
    ],
)
def test_adm_03_other_hours_and_zones(world: World, hours: str, zone: str, expected: list[str]) -> None:
    use_calendar(world, hours, time_zone=zone)
    opened_at = "2026-05-07T23:30" if zone == "Europe/Moscow" else "2026-05-08T16:00"
    world.client_says("Где акт?", moscow(opened_at))
    assert steps(world)[:2] == expected


def test_adm_03_of_a_long_way_the_ends_are_shown(world: World) -> None:
    Policy.objects.filter(tier__code="standard").update(target_minutes=10_000)
    use_calendar(world, "09:00-18:00")
    world.client_says("Где акт?", moscow("2026-05-04T09:00"))
    told = steps(world)
    assert (len(told), told[6]) == (14, "… ещё 7 дней = 63 ч")
    assert told[-1] == "Всего 166 ч 40 мин: срок пт 22.05, 13:40."


def test_adm_03_a_pause_is_part_of_the_sum(world: World) -> None:
    world.client_says("Где акт?", moscow("2026-11-24T10:00"))
    world.says(world.accountant, "/wait", moscow("2026-11-24T10:20"))
    assert steps(world)[-1].startswith("Сейчас часы стоят")
    world.client_says("Вот накладная", moscow("2026-11-24T11:40"))
    assert steps(world) == [
        "вт 24.11, 10:00–12:20 = 2 ч 20 мин",
        "Всего 2 ч 20 мин: срок вт 24.11, 12:20.",
        "Из них 1 ч 20 мин часы стояли: ждали клиента.",
    ]


def test_adm_03_whose_policy_and_calendar_count(world: World) -> None:
    own = Policy.objects.create(name="Особая", target_minutes=30)
    ChatPolicy.objects.create(chat=world.chat, policy=own)
    use_calendar(world, "09:00-18:00")
    world.client_says("Где акт?", moscow("2026-11-24T10:00"))
    assert why_lines(explain(world.request()))[:2] == [
        "Политика «Особая» (для этого чата): 30 мин рабочего времени.",
        "Календарь «Свой» (для этого чата).",
    ]
    services.resolve(world.request().pk, actor=world.manager, now=moscow("2026-11-24T10:01"))
    ChatPolicy.objects.all().delete()
    assert "по условиям того времени" in why_lines(explain(Request.objects.get()))[0]


def test_adm_03_a_note_of_a_day_that_was_changed_since_is_not_told(calm: World) -> None:
    calm.client_says("Где акт?", moscow("2026-05-08T16:50"))
    CalendarException.objects.filter(date="2026-05-08").update(hours="09:00-15:00")
    assert steps(calm)[0] == "пт 08.05, 16:50–17:00 = 10 мин (короткий день)"


def test_adm_03_who_may_not_see_the_chat_learns_nothing(world: World) -> None:
    world.client_says("Где акт?", moscow("2026-05-08T16:50"))
    people = [staff("Вера", telegram_id=611), staff("Ольга", Role.OBSERVER, 612)]
    assert [asks_why(world, who) for who in people] == ["Нет такого запроса."] * 2
    assert "Всего 1 ч" in asks_why(world, world.manager)


@pytest.mark.parametrize("text", ["/why", "/why 1", "/why почему"])
def test_adm_03_a_client_is_told_nothing_of_the_command(world: World, text: str) -> None:
    message = telegram.message(
        telegram.private(CLIENT_ID), telegram.person(CLIENT_ID), moscow("2026-05-08"), text
    )
    world.receive(message=message)
    assert not OutgoingMessage.objects.exists()


@pytest.mark.parametrize("text", ["/why 99999", "/why 9999999999999999999999", "/why №99999"])
def test_adm_03_an_unknown_number_is_told(world: World, text: str) -> None:
    assert asks_why(world, world.manager, text) == "Нет такого запроса."


def test_adm_03_without_a_number_the_bot_says_how(world: World) -> None:
    for text in ("/why", "/why почему"):
        assert "/why 1042" in asks_why(world, world.manager, text)


def test_adm_03_a_reply_to_an_alert_names_its_request(world: World) -> None:
    world.client_says("Где акт?", moscow("2026-11-24T10:00"))
    world.passes(moscow("2026-11-24T11:00"))
    alert = world.sent_to(world.manager)[0]
    OutgoingMessage.objects.filter(pk=alert.pk).update(telegram_message_id=777)
    private = telegram.private(602)
    bot = telegram.person(7000000001, "BuhBot", is_bot=True)
    replied = telegram.message(private, bot, moscow("2026-11-24T11:00"), "…", message_id=777)
    assert "Всего 1 ч" in asks_why(world, world.manager, "/why", reply_to_message=replied)
    assert asks_why(world, world.accountant, "/why", reply_to_message=replied) == "Нет такого запроса."


def test_stf_02_help_of_staff_tells_of_it_and_the_menu_of_all_does_not(world: World) -> None:
    assert "/why 1042" in asks_why(world, world.accountant, "/help")
    assert "/why" not in asks_why(world, CLIENT_ID, "/help")
