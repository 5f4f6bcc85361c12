"""How an opening and a due time are said to a client: today, tomorrow, a named day, another zone (CLI-06, CLI-07)."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from bot.texts.clients import Asked, status
from buhbot.texts import from_when, until_when

MOSCOW, BERLIN, VLADIVOSTOK = "Europe/Moscow", "Europe/Berlin", "Asia/Vladivostok"


@pytest.fixture(autouse=True)
def _russian() -> Iterator[None]:
    with override("ru"):
        yield


def local(text: str, zone: str = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "at", "said"),
    [
        ("2026-11-24T13:10", "2026-11-24T14:00", "сегодня с 14:00"),
        ("2026-11-24T00:30", "2026-11-24T09:00", "сегодня с 09:00"),
        ("2026-11-24T23:59", "2026-11-25T09:00", "завтра с 09:00"),
        ("2026-11-27T19:00", "2026-11-30T09:00", "в понедельник, 30 ноября, с 09:00"),
        ("2025-12-30T20:00", "2026-01-12T09:00", "в понедельник, 12 января, с 09:00"),
        ("2025-12-31T20:00", "2026-01-01T10:00", "завтра с 10:00"),
        ("2026-05-08T17:30", "2026-05-12T09:00", "во вторник, 12 мая, с 09:00"),
        ("2026-06-10T19:00", "2026-06-15T09:00", "в понедельник, 15 июня, с 09:00"),
        ("2026-03-04T19:00", "2026-03-07T10:00", "в субботу, 7 марта, с 10:00"),
        ("2026-03-04T19:00", "2026-03-08T00:00", "в воскресенье, 8 марта, с 00:00"),
        ("2026-08-03T19:00", "2026-08-05T09:00", "в среду, 5 августа, с 09:00"),
        ("2026-08-03T19:00", "2026-08-06T09:00", "в четверг, 6 августа, с 09:00"),
        ("2026-08-03T19:00", "2026-08-07T09:30", "в пятницу, 7 августа, с 09:30"),
        ("2026-02-01T19:00", "2027-02-01T09:00", "в понедельник, 1 февраля 2027 года, с 09:00"),
    ],
)
def test_cli_07_the_opening_is_said_as_people_say_it(now: str, at: str, said: str) -> None:
    assert from_when(local(at), now=local(now), zone=MOSCOW) == said


@pytest.mark.parametrize(
    ("now", "at", "said"),
    [
        ("2026-11-24T14:30", "2026-11-24T15:30", "сегодня до 15:30"),
        ("2026-11-24T17:30", "2026-11-25T09:30", "завтра до 09:30"),
        ("2026-11-24T23:30", "2026-11-25T00:00", "сегодня до 24:00"),
        ("2026-11-24T23:30", "2026-11-26T00:00", "завтра до 24:00"),
        ("2026-11-27T17:30", "2026-11-30T09:30", "в понедельник, 30 ноября, до 09:30"),
        ("2025-12-30T17:30", "2026-01-12T09:30", "в понедельник, 12 января, до 09:30"),
        ("2025-12-31T23:30", "2026-01-01T00:30", "завтра до 00:30"),
    ],
)
def test_cli_06_the_due_time_is_said_as_people_say_it(now: str, at: str, said: str) -> None:
    assert until_when(local(at), now=local(now), zone=MOSCOW) == said


@pytest.mark.parametrize(
    ("zone", "said"),
    [(MOSCOW, "сегодня с 20:00"), (VLADIVOSTOK, "завтра с 03:00"), ("UTC", "сегодня с 17:00")],
)
def test_cli_07_the_day_is_that_of_the_chats_zone(zone: str, said: str) -> None:
    assert from_when(local("2026-11-24T20:00"), now=local("2026-11-24T16:00"), zone=zone) == said


def test_cli_07_a_night_without_an_hour_is_still_one_night() -> None:
    saturday, monday = local("2026-03-28T19:00", BERLIN), local("2026-03-29T09:00", BERLIN)
    assert from_when(monday, now=saturday, zone=BERLIN) == "завтра с 09:00"
    autumn = local("2026-10-25T00:30", BERLIN)
    assert until_when(local("2026-10-25T03:30", BERLIN), now=autumn, zone=BERLIN) == "сегодня до 03:30"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 вопрос ждёт нашего ответа"),
        (2, "2 вопроса ждут нашего ответа"),
        (5, "5 вопросов ждут нашего ответа"),
        (21, "21 вопрос ждёт нашего ответа"),
        (112, "112 вопросов ждут нашего ответа"),
    ],
)
def test_cli_06_the_count_is_good_russian(count: int, said: str) -> None:
    now = local("2026-11-24T12:00")
    row = Asked(
        1042, "Ромашка", "Где акт?", local("2026-11-24T13:00"), MOSCOW, is_taken=True, is_paused=False
    )
    told = status([row] * min(count, 20), count, now=now)
    assert said in told
    assert ("и ещё" in told) == (count > 20)
